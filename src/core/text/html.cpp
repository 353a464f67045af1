#include "core/text/html.h"

#include "core/text/utf8.h"

namespace latent {
namespace {

// Embeddings, overrides and isolates of a direction, and the marks of one.
bool turns_direction(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x200E || code == 0x200F || code == 0x061C;
}

constexpr const char* kUnsafe = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

std::string html_text(const std::string& text) {
  std::string safe;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t code = next_code_point(text, at);
    if (text[start] == '\n') {
      safe += '\n';
    } else if (code == U'&') {
      safe += "&amp;";
    } else if (code == U'<') {
      safe += "&lt;";
    } else if (code == U'>') {
      safe += "&gt;";
    } else if (code == U'"') {
      safe += "&quot;";
    } else if (code == U'\'') {
      safe += "&#39;";
    } else if (code == U' ') {  // also what control characters become
      safe += ' ';
    } else if (code == 0xFFFD || turns_direction(code)) {
      safe += kUnsafe;
    } else {
      safe += text.substr(start, at - start);
    }
  }
  return safe;
}

}  // namespace latent
