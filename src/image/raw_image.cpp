#include "image/raw_image.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"

namespace latent {
namespace {

// BT.601 in 15 bits, rounded: what OpenCV computes, so that a PGM, a PPM and a PNG of the same
// values are the same images.
uint8_t luma(const std::array<uint8_t, 3>& rgb) {
  return static_cast<uint8_t>((rgb[0] * 9798 + rgb[1] * 19235 + rgb[2] * 3735 + (1 << 14)) >> 15);
}

uint8_t over_white(uint8_t value, int alpha) {
  return static_cast<uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

}  // namespace

std::string ImageReading::text() const {
  std::string text;
  if (range.white) text += fmt::format(" white {}", *range.white);
  if (range.black != 0) text += fmt::format(" black {}", range.black);
  if (page != 1) text += fmt::format(" page {}", page);
  return text;
}

ValueLine ValueLine::of(const ValueRange& range, double top, const std::string& file) {
  if (range.is_default()) return {.scale = 1.0 / (top / 255.0), .offset = 0};
  const double white = range.white.value_or(top);
  const double most = top > 255 ? 65535 : 255;  // what the bytes of the file can hold
  if (std::max(white, range.black) > most) {
    throw Error(fmt::format(
        "{}: its values end at {}; data.black {} and data.white {} are for images whose values "
        "reach them",
        file, most, range.black, white));
  }
  if (white == range.black) {
    throw Error(
        fmt::format("{}: data.black is {}, its white too; expected another value, or "
                    "data.white beside it",
                    file, range.black));
  }
  const double scale = 255.0 / (white - range.black);
  return {.scale = scale, .offset = -range.black * scale};
}

uint8_t ValueLine::at(double value) const {
  return static_cast<uint8_t>(std::lround(std::clamp(value * scale + offset, 0.0, 255.0)));
}

Picture to_picture(const RawImage& raw, int64_t channels, const ValueRange& range,
                   const std::string& file, ValueExtent* extent) {
  const ValueLine line = ValueLine::of(range, raw.top, file);
  const ValueLine alpha_line{.scale = 255.0 / raw.top};
  const int64_t colours = raw.channels == 1 ? 1 : 3;
  Picture picture(raw.width, raw.height, channels, 0);
  uint16_t largest = 0;
  const uint16_t* from = raw.values.data();
  uint8_t* to = picture.pixels.data();
  for (int64_t pixel = 0; pixel < raw.width * raw.height; ++pixel, from += raw.channels) {
    std::array<uint8_t, 3> rgb{};
    const int alpha = raw.channels == 4 ? alpha_line.at(from[3]) : 255;
    for (int64_t c = 0; c < 3; ++c) {
      const uint16_t value = from[colours == 1 ? 0 : c];
      largest = std::max(largest, value);
      rgb[static_cast<size_t>(c)] = over_white(line.at(value), alpha);
    }
    if (channels == 1) {
      *to++ = colours == 1 ? rgb[0] : luma(rgb);
    } else {
      to = std::copy(rgb.begin(), rgb.end(), to);
    }
  }
  if (extent != nullptr) *extent = {.largest = static_cast<double>(largest), .top = raw.top};
  return picture;
}

}  // namespace latent
