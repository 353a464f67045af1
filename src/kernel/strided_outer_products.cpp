#include "kernel/strided_outer_products.h"

#include <algorithm>
#include <utility>

#include "kernel/simd.h"
#include "kernel/strided_pixels.h"

namespace latent::kernel {
namespace {

// The number of pixels of the small map that fit into a core's first cache together with those of
// the large one around them.
constexpr int64_t kPixels = 64;

}  // namespace

StridedOuterProducts::StridedOuterProducts(const StridedConv& conv)
    : conv_(conv),
      is_turned_(panel_width(conv.small.channels, 0) > panel_width(conv.large.channels, 0)),
      images_(std::clamp<int64_t>(kPixels / conv.small.pixels(), 1,
                                  std::max<int64_t>(1, kMaxFloats / conv.large.floats()))) {
  const int64_t rows = std::max<int64_t>(1, kPixels / conv.small.width);
  for (int64_t y = 0; y < conv.small.height; y += rows)
    add_band(y, std::min(conv.small.height, y + rows));
}

void StridedOuterProducts::add(const float* small, const float* large, int64_t images,
                               float* sums) const {
  for (int64_t i = 0; i < images; i += images_) {
    add_few(small + i * conv_.small.floats(), large + i * conv_.large.floats(),
            std::min(images_, images - i), sums);
  }
}

void StridedOuterProducts::add_row(const float* sums, int64_t small, int64_t tap,
                                   float* row) const {
  const int64_t columns = conv_.large.channels, stride = conv_.small.channels;
  const float* of_tap = sums + tap * stride * columns;
  if (!is_turned_) return add_rows(of_tap + small * columns, 1, columns, row);
  for (int64_t c = 0; c < columns; ++c)
    row[c] += of_tap[c * stride + small];
}

void StridedOuterProducts::add_band(int64_t begin, int64_t end) {
  for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
    Band band{.tap = tap, .pairs_of_image = 0, .pairs = {}};
    for (int64_t image = 0; image < images_; ++image) {
      for (int64_t y = begin; y < end; ++y) {
        for (int64_t x = 0; x < conv_.small.width; ++x) {
          const Pixel small{.y = y, .x = x}, large = large_pixel(conv_, small, tap);
          if (!is_in(conv_.large, large)) continue;
          const int32_t pair[] = {
              static_cast<int32_t>(image * conv_.small.floats()) + offset(conv_.small, small),
              static_cast<int32_t>(image * conv_.large.floats()) + offset(conv_.large, large)};
          band.pairs.push_back(pair[is_turned_ ? 1 : 0]);
          band.pairs.push_back(pair[is_turned_ ? 0 : 1]);
        }
      }
    }
    band.pairs_of_image = static_cast<int64_t>(band.pairs.size()) / 2 / images_;
    bands_.push_back(std::move(band));
  }
}

void StridedOuterProducts::add_few(const float* small, const float* large, int64_t images,
                                   float* sums) const {
  const float *left = is_turned_ ? large : small, *right = is_turned_ ? small : large;
  const int64_t rows = (is_turned_ ? conv_.large : conv_.small).channels;
  const int64_t columns = (is_turned_ ? conv_.small : conv_.large).channels;
  for (const Band& band : bands_) {
    add_gathered_outer_products({.a = left,
                                 .b = right,
                                 .pairs = band.pairs.data(),
                                 .count = images * band.pairs_of_image,
                                 .rows = rows,
                                 .columns = columns,
                                 .sum = sums + band.tap * rows * columns,
                                 .stride = columns});
  }
}

}  // namespace latent::kernel
