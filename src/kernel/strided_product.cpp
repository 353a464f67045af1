#include "kernel/strided_product.h"

#include <algorithm>
#include <utility>

#include "kernel/simd.h"
#include "kernel/threads.h"

namespace latent::kernel {

int64_t images_of_block(const StridedConv& conv) {
  constexpr int64_t kBlock = 3, kMaxShareOfCache = int64_t{1} << 19;
  const bool is_small = kBlock * (conv.large.floats() + conv.small.floats()) <= kMaxShareOfCache;
  return is_small && conv.images >= kBlock * most_threads() ? kBlock : 1;
}

template <typename T>
StridedProduct<T>::StridedProduct(const StridedConv& conv, Direction direction, const float* weight)
    : conv_(conv),
      direction_(direction),
      in_(direction == Direction::kDown ? conv.large : conv.small),
      out_(direction == Direction::kDown ? conv.small : conv.large),
      block_(images_of_block(conv)),
      zeros_(static_cast<size_t>(std::max(in_.channels, kMaxColumns)), number<T>(0)) {
  // Pixels that the same taps reach lie `stride` apart; downwards the same taps reach all pixels.
  const int64_t step = direction == Direction::kDown ? 1 : conv.stride;
  for (int64_t y = 0; y < std::min(step, out_.height); ++y) {
    for (int64_t x = 0; x < std::min(step, out_.width); ++x)
      add_part({.y = y, .x = x}, step);
  }
  pack(weight);
}

template <typename T>
void StridedProduct<T>::multiply(const T* in, const float* bias, T* out, int64_t images,
                                 const T* gate, float slope) const {
  for (int64_t i = 0; i < images;) {
    const bool is_block = block_ > 1 && images - i >= block_;
    for (const Part& part : parts_)
      multiply_part(part, is_block ? part.block : part.image, in + i * in_.floats(), bias,
                    out + i * out_.floats(), gate == nullptr ? nullptr : gate + i * out_.floats(),
                    slope);
    i += is_block ? block_ : 1;
  }
}

template <typename T>
void StridedProduct<T>::add_part(const Pixel& first, int64_t step) {
  Part part;
  for (int64_t tap = 0; tap < conv_.taps(); ++tap) {
    if (direction_ == Direction::kDown || reaches(conv_, first, tap)) part.taps.push_back(tap);
  }
  std::vector<Pixel> pixels;
  for (int64_t y = first.y; y < out_.height; y += step) {
    for (int64_t x = first.x; x < out_.width; x += step)
      pixels.push_back({.y = y, .x = x});
  }
  part.image = rows(part.taps, pixels, 1);
  if (block_ > 1) part.block = rows(part.taps, pixels, block_);
  const int64_t depth = static_cast<int64_t>(part.taps.size()) * in_.channels;
  part.weights.resize(static_cast<size_t>(packed_depth<T>(depth) * out_.channels));
  parts_.push_back(std::move(part));
}

template <typename T>
typename StridedProduct<T>::Rows StridedProduct<T>::rows(const std::vector<int64_t>& taps,
                                                         const std::vector<Pixel>& pixels,
                                                         int64_t images) const {
  const size_t count = pixels.size() * static_cast<size_t>(images);
  const size_t groups = (count + kRows - 1) / kRows;
  Rows rows{.offsets = std::vector<int32_t>(groups * taps.size() * kRows, kOutside),
            .targets = std::vector<int32_t>(groups * kRows, kOutside)};
  for (size_t row = 0; row < count; ++row) {
    const auto image = static_cast<int64_t>(row / pixels.size());
    const Pixel& pixel = pixels[row % pixels.size()];
    rows.targets[row] = static_cast<int32_t>(image * out_.floats()) + offset(out_, pixel);
    int32_t* offsets = rows.offsets.data() + row / kRows * taps.size() * kRows + row % kRows;
    for (const int64_t tap : taps) {
      const Pixel source = direction_ == Direction::kDown ? large_pixel(conv_, pixel, tap)
                                                          : small_pixel(conv_, pixel, tap);
      if (is_in(in_, source))
        *offsets = static_cast<int32_t>(image * in_.floats()) + offset(in_, source);
      offsets += kRows;
    }
  }
  return rows;
}

template <typename T>
void StridedProduct<T>::pack(const float* weight) {
  struct Copy {
    int64_t tap, column, width;
    T* panel;
  };
  std::vector<Copy> copies;
  for (Part& part : parts_) {
    const int64_t depth = static_cast<int64_t>(part.taps.size()) * in_.channels;
    const int64_t filling = packed_depth<T>(depth) - depth;
    T* panel = part.weights.data();
    for (int64_t column = 0, width = 0; column < out_.channels; column += width) {
      width = panel_width(out_.channels, column);
      for (const int64_t tap : part.taps) {
        copies.push_back({.tap = tap, .column = column, .width = width, .panel = panel});
        panel += in_.channels * width;
      }
      std::fill_n(panel, filling * width, number<T>(0));
      panel += filling * width;
    }
  }
  on_threads(static_cast<int64_t>(copies.size()), [&](int, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Copy& copy = copies[static_cast<size_t>(i)];
      copy_weights(weight, copy.tap, copy.column, copy.width, copy.panel);
    }
  });
}

// Copies the weights of a tap for `width` channels of the output.  panel: [in channels, width],
// packed.
template <typename T>
void StridedProduct<T>::copy_weights(const float* weight, int64_t tap, int64_t column,
                                     int64_t width, T* panel) const {
  const auto from = [&](int64_t small) {
    return weight + (small * conv_.taps() + tap) * conv_.large.channels;
  };
  if (direction_ == Direction::kUp) {
    for (int64_t k = 0; k < in_.channels; ++k) {
      const float* row = from(k) + column;
      for (int64_t c = 0; c < width; ++c)
        panel[packed_index<T>(k, c, width)] = number<T>(row[c]);
    }
    return;
  }
  for (int64_t c = 0; c < width; ++c) {
    const float* row = from(column + c);
    for (int64_t k = 0; k < in_.channels; ++k)
      panel[packed_index<T>(k, c, width)] = number<T>(row[k]);
  }
}

template <typename T>
void StridedProduct<T>::multiply_part(const Part& part, const Rows& rows, const T* in,
                                      const float* bias, T* out, const T* gate, float slope) const {
  const auto taps = static_cast<int64_t>(part.taps.size());
  if (taps == 0) {  // a stride larger than the kernel; a gate would meet a bias of zeros
    for (const int32_t target : rows.targets) {
      if (target != kOutside) std::transform(bias, bias + out_.channels, out + target, number<T>);
    }
    return;
  }
  multiply_gathered(
      GatheredProduct<T, T>{.a = in,
                            .zeros = zeros_.data(),
                            .offsets = rows.offsets.data(),
                            .taps = taps,
                            .depth = in_.channels,
                            .b = part.weights.data(),
                            .columns = out_.channels,
                            .bias = bias,
                            .out = out,
                            .targets = rows.targets.data(),
                            .groups = static_cast<int64_t>(rows.targets.size()) / kRows,
                            .gate = gate,
                            .slope = slope});
}

template class StridedProduct<float>;
template class StridedProduct<Bf16>;

}  // namespace latent::kernel
