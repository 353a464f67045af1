// Words out of files on their way into pictures and into gnuplot's scripts.
#include "core/utf8.h"
#include "fuzz.h"
#include "visual/gnuplot.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const std::string text(input);
  for (size_t at = 0; at < text.size();) {
    const size_t before = at;
    const char32_t code = next_code_point(text, at);
    if (at <= before || code > 0x10ffff || code < 0x20) std::abort();
  }
  // Between single quotes gnuplot runs nothing: none may close them, and no line may end.
  const std::string quoted = visual::quoted(text);
  size_t quotes = 0;
  for (const char letter : quoted) {
    if (letter == '\n' || letter == '\r' || letter == '\0') std::abort();
    quotes += letter == '\'';
  }
  const auto own = static_cast<size_t>(std::count(text.begin(), text.end(), '\''));
  if (quotes != 2 + 2 * own || quoted.front() != '\'' || quoted.back() != '\'') std::abort();
}
