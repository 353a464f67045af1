#include "core/text/utf8.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace latent {
namespace {

constexpr char32_t kReplacement = 0xfffd;

// Whether the second byte of U+0080 to U+009F is at `at`: some terminals obey these as well.
bool is_late_control(const std::string& text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  return at > 0 && text[at - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;
}

}  // namespace

char32_t next_code_point(const std::string& text, size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead < 0x20 || lead == 0x7f ? U' ' : lead;
  const int more = lead >= 0xf0 && lead < 0xf5   ? 3
                   : lead >= 0xe0 && lead < 0xf0 ? 2
                   : lead >= 0xc2 && lead < 0xe0 ? 1
                                                 : 0;
  if (more == 0) return kReplacement;
  char32_t code = lead & (0x3fu >> more);
  size_t end = at;
  for (int i = 0; i < more; ++i, ++end) {
    if (end >= text.size() || (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80)
      return kReplacement;
    code = code << 6 | (static_cast<unsigned char>(text[end]) & 0x3fu);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    return kReplacement;
  at = end;
  return code;
}

size_t display_width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

std::string without_controls(std::string text, bool one_line) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\t' || (byte == '\n' && !one_line)) continue;
    if (byte < 0x20 || byte == 0x7f) text[i] = byte == '\n' ? ' ' : '?';
    if (is_late_control(text, i)) text.replace(i - 1, 2, "??");
  }
  return text;
}

std::string with_controls_escaped(const std::string& json) {
  std::string escaped;
  for (size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const bool late = is_late_control(json, i);
    if (late) escaped.pop_back();
    if (late || byte == 0x7f) {
      escaped += fmt::format("\\u{:04x}", byte);
    } else {
      escaped += json[i];
    }
  }
  return escaped;
}

}  // namespace latent
