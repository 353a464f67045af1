#include "space/expression.h"

#include <spdlog/fmt/fmt.h>

#include <cctype>
#include <charconv>

#include "core/error.h"

namespace latent::space {
namespace {

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  std::vector<Term> sum() {
    std::vector<Term> terms;
    skip_spaces();
    const bool minus = next() == '-';
    if (minus || next() == '+') advance();
    terms.push_back(term(minus ? "-" : ""));
    while (next() != '\0') {
      if (next() != '+' && next() != '-') fail("expected + or -");
      const std::string sign(1, next());
      advance();
      terms.push_back(term(sign));
    }
    return terms;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }
  void advance() {
    ++at_;
    skip_spaces();
  }
  bool at_letter() const { return std::isalpha(static_cast<unsigned char>(next())) != 0; }
  bool at_number() const {
    return std::isdigit(static_cast<unsigned char>(next())) != 0 || next() == '.';
  }

  Term term(const std::string& sign) {
    Term result;
    std::string factor;
    if (at_number()) {
      factor = number(result.factor) + "*";
      if (next() == '*') advance();
    }
    if (!at_letter()) fail(factor.empty() ? "expected a letter or a number" : "expected a letter");
    result.name = std::string(1, next());
    ++at_;
    if (at_letter() || at_number()) fail("expected one letter for each image");
    skip_spaces();
    if (sign == "-") result.factor = -result.factor;
    result.text = sign + (sign.empty() ? "" : " ") + factor + result.name;
    return result;
  }

  // Reads a number into `value`; returns it as written.
  std::string number(double& value) {
    const char* first = text_.data() + at_;
    const auto [end, code] =
        std::from_chars(first, text_.data() + text_.size(), value, std::chars_format::fixed);
    if (code != std::errc{}) fail("expected a number");
    at_ += static_cast<size_t>(end - first);
    skip_spaces();
    return {first, end};
  }

  [[noreturn]] void fail(const std::string& expected) const {
    const std::string found =
        next() == '\0' ? "the end" : fmt::format("\"{}\"", text_.substr(at_, 12));
    throw Error(fmt::format("at character {}, {}: {}; for example \"A - B + C\"", at_ + 1, found,
                            expected));
  }

  const std::string& text_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Term> parse_expression(const std::string& text) { return Parser(text).sum(); }

}  // namespace latent::space
