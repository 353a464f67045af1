// What the targets of our own decoders share.
#pragma once

#include "fuzz.h"
#include "image/header.h"
#include "image/raw_image.h"

namespace latent::fuzz {

inline constexpr int64_t kWorthwhile = 1 << 20;  // more pixels only take more time

/// Decodes the input if its header is that of a small image of `format`; the picture must have the
/// header's size.
template <class Decode>
void decode(std::string_view input, ImageFormat format, Decode&& reader) {
  const ImageHeader header = read_image_header(input, "x");  // refuses what no decoder must see
  if (header.format != format || header.width * header.height > kWorthwhile) return;
  const RawImage raw = reader(input, "x");
  const Picture picture = to_picture(raw, input.size() % 2 == 0 ? 1 : 3, {}, "x");
  if (picture.width != header.width || picture.height != header.height) std::abort();
}

}  // namespace latent::fuzz
