#include "core/utf8.h"

namespace latent {
namespace {

constexpr char32_t kReplacement = 0xfffd;

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

}  // namespace latent
