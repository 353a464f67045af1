#include "kernel/strided_outer_products.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "kernel/simd.h"
#include "kernel/strided_pixels.h"

namespace latent::kernel {
namespace {

// The number of pixels of the small map that fit into a core's first cache together with those of
// the large one around them. Products of bfloat16 are faster: more of them pay for each sum that
// is loaded and stored.
template <typename T>
constexpr int64_t kPixels = sizeof(T) == sizeof(float) ? 64 : 256;

template <typename T>
constexpr bool kIsBf16 = std::is_same_v<T, Bf16>;

}  // namespace

template <typename T>
StridedOuterProducts<T>::StridedOuterProducts(const StridedConv& conv)
    : conv_(conv),
      is_turned_(!kIsBf16<T> &&
                 panel_width(conv.small.channels, 0) > panel_width(conv.large.channels, 0)),
      images_(std::clamp<int64_t>(kPixels<T> / conv.small.pixels(), 1,
                                  std::max<int64_t>(1, kMaxFloats / conv.large.floats()))) {
  const int64_t rows = std::max<int64_t>(1, kPixels<T> / conv.small.width);
  for (int64_t y = 0; y < conv.small.height; y += rows) {
    const int64_t end = std::min(conv.small.height, y + rows);
    kIsBf16<T> ? add_band_of_taps(y, end) : add_band(y, end);
  }
}

template <typename T>
void StridedOuterProducts<T>::add(const T* small, const T* large, int64_t images,
                                  float* sums) const {
  for (int64_t i = 0; i < images; i += images_) {
    add_few(small + i * conv_.small.floats(), large + i * conv_.large.floats(),
            std::min(images_, images - i), sums);
  }
}

template <typename T>
void StridedOuterProducts<T>::add_row(const float* sums, int64_t small, int64_t tap,
                                      float* row) const {
  const int64_t columns = conv_.large.channels, stride = conv_.small.channels;
  const float* of_tap = sums + tap * stride * columns;
  if (!is_turned_) return add_rows(of_tap + small * columns, 1, columns, row);
  for (int64_t c = 0; c < columns; ++c)
    row[c] += of_tap[c * stride + small];
}

template <typename T>
void StridedOuterProducts<T>::add_band(int64_t begin, int64_t end) {
  for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
    Band band{.tap = tap, .pairs_of_image = 0, .pairs = {}, .left = {}, .right = {}};
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

template <typename T>
void StridedOuterProducts<T>::add_band_of_taps(int64_t begin, int64_t end) {
  const int64_t width = conv_.small.width, pixels = (end - begin) * width;
  Band band{.tap = 0, .pairs_of_image = pixels, .pairs = {}, .left = {}, .right = {}};
  for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
    for (int64_t i = 0; i < images_ * pixels; ++i) {
      const Pixel small{.y = begin + i % pixels / width, .x = i % width};
      const Pixel large = large_pixel(conv_, small, tap);
      const auto image = i / pixels;
      if (tap == 0) {
        band.left.push_back(static_cast<int32_t>(image * conv_.small.floats()) +
                            offset(conv_.small, small));
      }
      band.right.push_back(is_in(conv_.large, large)
                               ? static_cast<int32_t>(image * conv_.large.floats()) +
                                     offset(conv_.large, large)
                               : kOutside);
    }
  }
  bands_.push_back(std::move(band));
}

template <typename T>
void StridedOuterProducts<T>::add_few(const T* small, const T* large, int64_t images,
                                      float* sums) const {
  if constexpr (kIsBf16<T>) {
    for (const Band& band : bands_) {
      add_gathered_outer_products(
          GatheredTapProducts{.a = small,
                              .b = large,
                              .left = band.left.data(),
                              .right = band.right.data(),
                              .stride_of_right = static_cast<int64_t>(band.left.size()),
                              .count = images * band.pairs_of_image,
                              .taps = conv_.taps(),
                              .rows = conv_.small.channels,
                              .columns = conv_.large.channels,
                              .sums = sums});
    }
  } else {
    const T *left = is_turned_ ? large : small, *right = is_turned_ ? small : large;
    const int64_t rows = (is_turned_ ? conv_.large : conv_.small).channels;
    const int64_t columns = (is_turned_ ? conv_.small : conv_.large).channels;
    for (const Band& band : bands_) {
      add_gathered_outer_products(GatheredOuterProducts{.a = left,
                                                        .b = right,
                                                        .pairs = band.pairs.data(),
                                                        .count = images * band.pairs_of_image,
                                                        .rows = rows,
                                                        .columns = columns,
                                                        .sum = sums + band.tap * rows * columns,
                                                        .stride = columns});
    }
  }
}

template class StridedOuterProducts<float>;
template class StridedOuterProducts<Bf16>;

}  // namespace latent::kernel
