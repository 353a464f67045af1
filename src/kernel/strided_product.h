// One direction of a convolution, as products of gathered rows.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/floats.h"
#include "kernel/strided_conv.h"
#include "kernel/strided_pixels.h"

namespace latent::kernel {

/// Returns how many images a thread works on at a time. The pixels of three images of most maps
/// fill whole groups of rows; fewer if there are fewer or they do not fit into its cache.
int64_t images_of_block(const StridedConv& conv);

/// The product of images with a weight that is packed for one direction. T: float or Bf16.
template <typename T>
class StridedProduct {
 public:
  /// weight: as for `forward`; it is copied. conv must outlive the product.
  StridedProduct(const StridedConv& conv, Direction direction, const float* weight);

  /// in, out: `images` maps of the direction's input and output; bias: [channels of the output].
  /// gate: null, or as out; out is multiplied by `slope` where gate is not positive.
  void multiply(const T* in, const float* bias, T* out, int64_t images, const T* gate = nullptr,
                float slope = 1) const;

 private:
  // The sources and targets of the rows of a product.
  struct Rows {
    std::vector<int32_t> offsets;  // [groups, taps, kRows] into the input
    std::vector<int32_t> targets;  // [groups, kRows] into the output
  };

  // The pixels of the output that the same taps reach.
  struct Part {
    std::vector<int64_t> taps;
    Numbers<T> weights;  // panel by panel [taps * in channels, width of the panel], packed
    Rows image, block;   // of one image and of block_
  };

  void add_part(const Pixel& first, int64_t step);
  Rows rows(const std::vector<int64_t>& taps, const std::vector<Pixel>& pixels,
            int64_t images) const;
  void pack(const float* weight);
  void copy_weights(const float* weight, int64_t tap, int64_t column, int64_t width,
                    T* panel) const;
  void multiply_part(const Part& part, const Rows& rows, const T* in, const float* bias, T* out,
                     const T* gate, float slope) const;

  const StridedConv& conv_;
  Direction direction_;
  const FeatureMap &in_, &out_;
  int64_t block_;  // images that are multiplied together
  Numbers<T> zeros_;
  std::vector<Part> parts_;
};

}  // namespace latent::kernel
