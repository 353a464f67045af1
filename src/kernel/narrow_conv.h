// A convolution to a few channels, stride 1, of an activated feature map: the last layer of a
// decoder.
//
// As a general convolution it takes a quarter of the book model's step for 2 % of the arithmetic.
// Here it is a matrix product of each pixel's channels with all taps of the kernel, and a sum of
// shifted rows, while the rows are in the cache; the activation costs no pass of its own.
#pragma once

#include <cstdint>

#include "kernel/bf16.h"

namespace latent::kernel {

/// Sizes of one call. Images are rows of pixels, pixels rows of channels (channels_last).
struct NarrowConv {
  int64_t images, height, width;
  int64_t channels;  // of the input: a multiple of 16
  int64_t outputs;   // channels of the output
  int64_t size;      // of the square kernel: odd; the padding keeps height and width
  float slope;       // the input is activated first: x if x > 0, else slope * x; 1: not at all

  /// Returns the taps of the kernel for all outputs: the columns of the matrix product.
  int64_t taps() const { return outputs * size * size; }
};

/// Returns true if the functions below take such sizes.
bool fits(const NarrowConv& conv);

// T: float, or Bf16 for feature maps whose products are of bfloat16 and whose sums are floats;
// weight and gradient are rounded likewise. Images are floats either way.

/// Computes the output.
/// input: [N, H, W, C].  weight: [C, size, size, outputs].  bias: [outputs].
/// output: [N, H, W, outputs], written.
template <typename T>
void forward(const NarrowConv& conv, const T* input, const float* weight, const float* bias,
             float* output);

/// Computes the gradients. Bit-for-bit reproducible for the same number of threads.
/// gradient: of the output, [N, H, W, outputs].  input_gradient: [N, H, W, C], written.
/// weight_gradient: as the weight, written.
template <typename T>
void backward(const NarrowConv& conv, const T* input, const float* weight, const float* gradient,
              T* input_gradient, float* weight_gradient);

}  // namespace latent::kernel
