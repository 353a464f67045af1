// Words out of files on their way into pictures and into gnuplot's scripts.
#include "core/text/utf8.h"
#include "fuzz.h"
#include "visual/gnuplot.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  using namespace std::string_view_literals;
  const std::string text(input);
  for (size_t at = 0; at < text.size();) {
    const size_t before = at;
    const char32_t code = next_code_point(text, at);
    if (at <= before || code > 0x10ffff || code < 0x20) std::abort();
  }
  // Between single quotes gnuplot runs nothing: the string must end where its scanner ends it.
  const std::string quoted = visual::quoted(text);
  if (quoted.find_first_of("\n\r\0"sv) != quoted.npos) std::abort();
  size_t at = 1;
  while (at < quoted.size() && quoted[at] != '\'')
    at += quoted.substr(at + 1, 2) == "''" ? 3 : 1;
  if (at + 1 != quoted.size()) std::abort();
}
