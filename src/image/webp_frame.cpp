#include "image/webp_frame.h"

#include <algorithm>

#include "image/byte_view.h"

namespace latent {
namespace {

constexpr size_t kFrameHeader = 16;  // place, size, duration and flags

std::string little_number(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string riff_chunk(std::string_view name, std::string_view content) {
  std::string chunk(name);
  chunk += little_number(content.size(), 4);
  chunk += content;
  if (content.size() % 2 == 1) chunk += '\0';
  return chunk;
}

// Returns the content of the first chunk of this name from `at` on, or nothing.
std::string_view content_of(const ByteView& view, std::string_view name, size_t at = 12) {
  while (at + 8 <= view.size()) {
    const size_t length = view.u32(at + 4);
    if (view.has(at, name)) return view.part(at + 8, length);
    at += 8 + (length + 1) / 2 * 2;
  }
  return {};
}

}  // namespace

int64_t count_webp_frames(std::string_view bytes) {
  const ByteView view(bytes, false);
  int64_t frames = 0;
  for (size_t at = 12; at + 8 <= view.size(); at += 8 + (view.u32(at + 4) + 1) / 2 * 2)
    frames += view.has(at, "ANMF") ? 1 : 0;
  return std::max<int64_t>(1, frames);
}

WebpFrame first_webp_frame(std::string_view bytes) {
  const std::string_view content = content_of(ByteView(bytes, false), "ANMF");
  WebpFrame frame;
  if (content.size() < kFrameHeader) return frame;
  const ByteView view(content, false);
  frame.x = static_cast<int64_t>(2 * view.number(0, 3));
  frame.y = static_cast<int64_t>(2 * view.number(3, 3));
  const std::string_view alpha = content_of(view, "ALPH", kFrameHeader);
  std::string chunks = "WEBP";
  if (!alpha.empty()) {
    const std::string flags = little_number(0x10, 4);  // there is alpha
    chunks += riff_chunk("VP8X", flags + std::string(view.part(6, 6))) + riff_chunk("ALPH", alpha);
  }
  for (const std::string_view name : {"VP8 ", "VP8L"}) {
    const std::string_view pixels = content_of(view, name, kFrameHeader);
    if (pixels.empty()) continue;
    frame.still = riff_chunk("RIFF", chunks + riff_chunk(name, pixels));
    break;
  }
  return frame;
}

}  // namespace latent
