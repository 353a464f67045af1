#include "image/bmp.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "core/error.h"
#include "image/byte_view.h"

namespace latent {
namespace {

constexpr uint64_t kRle8 = 1, kRle4 = 2, kFields = 3, kAlphaFields = 6;

/// What the headers say.
struct BmpLayout {
  int64_t width = 0, height = 0;
  bool from_top = false;
  uint64_t bits = 0, compression = 0;
  size_t pixels = 0;                // where they begin
  size_t colours = 0, count = 0;    // where the palette begins, its colours
  size_t colour_bytes = 4;          // of each, blue first
  std::array<uint64_t, 4> masks{};  // of red, green, blue and alpha

  bool has_runs() const { return compression == kRle8 || compression == kRle4; }
};

void read_masks(const ByteView& view, uint64_t header, BmpLayout& layout) {
  if (layout.compression == kFields || layout.compression == kAlphaFields) {
    const bool alpha = layout.compression == kAlphaFields || header >= 56;
    for (size_t i = 0; i < (alpha ? 4U : 3U); ++i)  // in the header, or right after it
      layout.masks[i] = view.u32(54 + 4 * i);
  } else if (layout.bits == 16) {
    layout.masks = {0x7c00, 0x3e0, 0x1f, 0};
  } else {
    layout.masks = {0xff0000, 0xff00, 0xff, 0};
  }
}

// Returns how many colours the palette has. used: how many the header names; 0: all there can be.
size_t palette_size(const BmpLayout& layout, uint64_t used) {
  size_t count = size_t{1} << layout.bits;
  if (used > 0) count = std::min<size_t>(count, used);
  const size_t room = layout.pixels > layout.colours ? layout.pixels - layout.colours : 0;
  // Some files name the end of the headers as the place of the pixels.
  return room > 0 ? std::min(count, room / layout.colour_bytes) : count;
}

BmpLayout read_bmp_layout(const ByteView& view) {
  const uint64_t header = view.u32(14);
  const bool old = header == 12;  // of OS/2 1.x
  BmpLayout layout;
  layout.pixels = view.u32(10);
  layout.width = old ? static_cast<int64_t>(view.u16(18)) : view.i32(18);
  const int64_t height = old ? static_cast<int64_t>(view.u16(20)) : view.i32(22);
  layout.from_top = height < 0;
  layout.height = std::abs(height);
  layout.bits = view.u16(old ? 24 : 28);
  layout.compression = old || header < 20 ? 0 : view.u32(30);
  read_masks(view, header, layout);
  layout.colours = 14 + header;
  if (header == 40 && layout.compression == kFields) layout.colours += 12;
  if (header == 40 && layout.compression == kAlphaFields) layout.colours += 16;
  layout.colour_bytes = old ? 3 : 4;
  if (layout.bits <= 8) layout.count = palette_size(layout, old || header < 36 ? 0 : view.u32(46));
  // Some files name no place: the pixels follow the palette.
  if (layout.pixels == 0) layout.pixels = layout.colours + layout.count * layout.colour_bytes;
  return layout;
}

// Returns the bits of a mask brought to 0 to 255.
uint16_t field(uint64_t value, uint64_t mask, uint16_t otherwise) {
  if (mask == 0) return otherwise;
  const int shift = std::countr_zero(mask);
  return static_cast<uint16_t>(((value & mask) >> shift) * 255 / (mask >> shift));
}

/// Writes colours into a picture, whose rows may be stored from the bottom.
class BmpCanvas {
 public:
  BmpCanvas(const ByteView& view, const BmpLayout& layout) : view_(view), layout_(layout) {
    image_.width = layout.width;
    image_.height = layout.height;
    image_.channels = 4;
    image_.values.resize(static_cast<size_t>(layout.width * layout.height * 4));
  }

  /// Takes a pixel of the y-th stored row: an index of the palette, or bits under the masks.
  void put(int64_t x, int64_t y, uint64_t value) {
    uint16_t* to = image_.values.data() +
                   ((layout_.from_top ? y : layout_.height - 1 - y) * layout_.width + x) * 4;
    if (layout_.bits <= 8) {
      const size_t at = layout_.colours + value * layout_.colour_bytes;
      for (size_t c = 0; c < 3; ++c)
        to[c] = value < layout_.count ? static_cast<uint16_t>(view_.u8(at + 2 - c)) : uint16_t{0};
      to[3] = 255;
      return;
    }
    for (size_t c = 0; c < 4; ++c)
      to[c] = field(value, layout_.masks[c], c == 3 ? 255 : 0);
  }

  /// Returns the picture; without alpha if that is zero everywhere, or 255.
  RawImage finish() {
    bool unused = true;
    for (size_t i = 3; i < image_.values.size(); i += 4)
      unused = unused && image_.values[i] == 0;
    for (size_t i = 3; unused && i < image_.values.size(); i += 4)
      image_.values[i] = 255;
    return std::move(image_);
  }

 private:
  const ByteView& view_;
  const BmpLayout& layout_;
  RawImage image_;
};

void read_rows(const ByteView& view, const BmpLayout& layout, BmpCanvas& canvas) {
  const size_t row = (static_cast<size_t>(layout.width) * layout.bits + 31) / 32 * 4;
  for (int64_t y = 0; y < layout.height; ++y) {
    const size_t begin = layout.pixels + static_cast<size_t>(y) * row;
    for (int64_t x = 0; x < layout.width; ++x) {
      const size_t bit = static_cast<size_t>(x) * layout.bits;
      uint64_t value = view.number(begin + bit / 8, static_cast<int>((layout.bits + 7) / 8));
      if (layout.bits < 8) value = value >> (8 - layout.bits - bit % 8) & ((1U << layout.bits) - 1);
      canvas.put(x, y, value);
    }
  }
}

// Run lengths: (count, colour), (0, 0) end of a row, (0, 1) end, (0, 2, x, y) a jump, (0, n) n
// colours as they are. What lies beyond a row is dropped.
void read_runs(const ByteView& view, const BmpLayout& layout, BmpCanvas& canvas,
               const std::string& file) {
  const bool narrow = layout.compression == kRle4;
  int64_t x = 0, y = 0;
  const auto put = [&](uint64_t byte, bool second) {
    const uint64_t value = !narrow ? byte : second ? byte & 15 : byte >> 4;
    if (x < layout.width) canvas.put(x++, y, value);
  };
  for (int64_t row = 0; row < layout.height; ++row)  // skipped pixels have the first colour
    for (int64_t column = 0; column < layout.width; ++column)
      canvas.put(column, row, 0);
  for (size_t at = layout.pixels; at + 1 < view.size() && y < layout.height;) {
    const uint64_t count = view.u8(at), second = view.u8(at + 1);
    at += 2;
    if (count > 0) {
      for (uint64_t i = 0; i < count; ++i)
        put(second, i % 2 == 1);
    } else if (second == 0) {
      x = 0;
      ++y;
    } else if (second == 1) {
      return;
    } else if (second == 2) {
      x += static_cast<int64_t>(view.u8(at));
      y += static_cast<int64_t>(view.u8(at + 1));
      at += 2;
      if (x > layout.width || y > layout.height)
        throw Error(file + ": damaged: its run lengths leave the picture");
    } else {
      for (uint64_t i = 0; i < second; ++i)
        put(view.u8(at + (narrow ? i / 2 : i)), i % 2 == 1);
      const uint64_t bytes = narrow ? (second + 1) / 2 : second;
      at += bytes + bytes % 2;
    }
  }
}

bool is_readable(const BmpLayout& layout) {
  const uint64_t bits = layout.bits;
  if (layout.compression == kRle8) return bits == 8;
  if (layout.compression == kRle4) return bits == 4;
  const bool fields = layout.compression == kFields || layout.compression == kAlphaFields;
  if (fields) return bits == 16 || bits == 32;
  return layout.compression == 0 && (bits == 1 || bits == 2 || bits == 4 || bits == 8 ||
                                     bits == 16 || bits == 24 || bits == 32);
}

}  // namespace

RawImage read_bmp(std::string_view bytes, const std::string& file) {
  const ByteView view(bytes, false);
  const BmpLayout layout = read_bmp_layout(view);
  if (!is_readable(layout)) {
    throw Error(
        fmt::format("{}: a BMP of an unsupported kind ({} bits, compression {}); convert it "
                    "to PNG",
                    file, layout.bits, layout.compression));
  }
  BmpCanvas canvas(view, layout);
  if (layout.has_runs()) {
    read_runs(view, layout, canvas, file);
  } else {
    read_rows(view, layout, canvas);
  }
  return canvas.finish();
}

}  // namespace latent
