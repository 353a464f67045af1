// Pixels of feature maps, and which of them a convolution connects.
#pragma once

#include <cstdint>

#include "kernel/strided_conv.h"

namespace latent::kernel {

/// A pixel, which may lie beyond a map's border. Rows are counted downwards.
struct Pixel {
  int64_t y, x;
};

/// Returns true if the map contains the pixel.
inline bool is_in(const FeatureMap& map, const Pixel& pixel) {
  return pixel.y >= 0 && pixel.y < map.height && pixel.x >= 0 && pixel.x < map.width;
}

/// Returns the offset of the pixel's first channel, in floats from the first of its image.
inline int32_t offset(const FeatureMap& map, const Pixel& pixel) {
  return static_cast<int32_t>((pixel.y * map.width + pixel.x) * map.channels);
}

/// Returns the pixel of the large map that a tap connects with one of the small map.
inline Pixel large_pixel(const StridedConv& conv, const Pixel& small, int64_t tap) {
  return {.y = conv.stride * small.y + tap / conv.size - conv.padding,
          .x = conv.stride * small.x + tap % conv.size - conv.padding};
}

/// Returns true if a tap connects a pixel of the large map with one of the small map, which may lie
/// beyond its border.
inline bool reaches(const StridedConv& conv, const Pixel& large, int64_t tap) {
  return (large.y + conv.padding - tap / conv.size) % conv.stride == 0 &&
         (large.x + conv.padding - tap % conv.size) % conv.stride == 0;
}

/// Returns the pixel of the small map that a tap connects with one of the large map; `reaches` must
/// hold.
inline Pixel small_pixel(const StridedConv& conv, const Pixel& large, int64_t tap) {
  return {.y = (large.y + conv.padding - tap / conv.size) / conv.stride,
          .x = (large.x + conv.padding - tap % conv.size) / conv.stride};
}

}  // namespace latent::kernel
