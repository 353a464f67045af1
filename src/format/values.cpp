#include "format/values.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/text/split.h"

namespace latent {
namespace {

constexpr size_t kMaxClassNumbers = 30;

const std::vector<std::pair<std::string, std::string>> kNoYes{
    {"no", "yes"}, {"false", "true"}, {"n", "y"}, {"f", "t"}};

bool name_classes(const std::set<double>& different) {
  if (different.size() < 2 || different.size() > kMaxClassNumbers) return false;
  const bool yes_no = different == std::set<double>{0, 1} || different == std::set<double>{-1, 1};
  return !yes_no && std::all_of(different.begin(), different.end(),
                                [](double value) { return value == std::floor(value); });
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
  // from_chars accepts no plus sign; unlike strtod it ignores the locale.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::vector<std::string> class_names(const std::set<std::string>& words) {
  std::vector<std::string> names(words.begin(), words.end());
  if (!std::all_of(names.begin(), names.end(), parse_number)) return names;
  std::set<double> numbers;
  for (const auto& name : names)
    numbers.insert(*parse_number(name));
  if (!name_classes(numbers)) return {};
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    return *parse_number(a) < *parse_number(b);
  });
  return names;
}

const std::vector<std::string>& unknown_words() {
  static const std::vector<std::string> words{"", "nan", "na", "n/a", "null", "none", "?"};
  return words;
}

bool is_unknown(const std::string& word, const std::vector<std::string>& unknown) {
  std::string plain = lower_case(word);
  if (plain.starts_with('#')) plain.erase(0, 1);
  if (plain.starts_with('<') && plain.ends_with('>')) plain = plain.substr(1, plain.size() - 2);
  if (plain.empty() && !word.empty()) return false;
  return std::find(unknown.begin(), unknown.end(), plain) != unknown.end();
}

std::optional<bool> yes_or_no(const std::string& word) {
  const std::string plain = lower_case(word);
  for (const auto& [no, yes] : kNoYes) {
    if (plain == no) return false;
    if (plain == yes) return true;
  }
  return std::nullopt;
}

bool are_yes_or_no(const std::set<std::string>& words) {
  std::set<std::string> plain;
  for (const auto& word : words)
    plain.insert(lower_case(word));
  return std::any_of(kNoYes.begin(), kNoYes.end(), [&](const auto& pair) {
    if (plain == std::set<std::string>{pair.first, pair.second}) return true;
    return plain.size() == 1 && plain.begin()->size() > 1 &&
           (plain.contains(pair.first) || plain.contains(pair.second));
  });
}

}  // namespace latent
