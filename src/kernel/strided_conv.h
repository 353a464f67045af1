// Convolutions between a large feature map and a small one (of the same size if the stride is 1),
// in both directions, including the activation of the input.
//
// Each is a matrix product whose rows, the channels of some pixels, are read where they lie: no
// matrix of patches is written, and a transposed convolution computes for each pixel only the taps
// that reach it. Gradients of weights are summed as outer products while both maps are in the
// cache.
#pragma once

#include <cstdint>

#include "kernel/bf16.h"

namespace latent::kernel {

enum class Direction { kDown, kUp };

/// Sizes of a feature map: rows of pixels, each a row of channels (channels_last).
struct FeatureMap {
  int64_t height, width;
  int64_t channels;  // a multiple of 16

  int64_t pixels() const { return height * width; }
  int64_t floats() const { return pixels() * channels; }
};

/// Sizes of one call. Pixel (y, x) of the small map is connected by tap (i, j) with pixel
/// (stride * y + i - padding, stride * x + j - padding) of the large one, if that exists.
struct StridedConv {
  int64_t images;
  FeatureMap large, small;
  int64_t size;  // of the square kernel
  int64_t stride, padding;
  float slope;  // the input is activated first: x if x > 0, else slope * x; 1: not at all

  int64_t taps() const { return size * size; }
};

/// The most floats of a map of one image: offsets have 32 bits.
constexpr int64_t kMaxFloats = int64_t{1} << 24;
/// The most pairs of a pixel of the small map and a tap, which each call lists.
constexpr int64_t kMaxConnections = int64_t{1} << 20;

/// Returns true if the functions below take such sizes.
bool fits(const StridedConv& conv);

/// The outputs of a backward pass; input: null if it is not needed.
template <typename T>
struct Gradients {
  T* input;       // as the input
  float* weight;  // as the weight
  float* bias;    // [channels of the output]
};

// weight: [channels of the small map, size, size, channels of the large map].
// bias: [channels of the output].  Maps: [N, H, W, C].

/// Down: the convolution of the large map, written to the small one. Up: the transposed convolution
/// of the small map, written to the large one. T: float, or Bf16 for maps whose products are of
/// bfloat16 and whose sums are floats; the weight is rounded likewise.
template <typename T>
void forward(const StridedConv& conv, Direction direction, const T* input, const float* weight,
             const float* bias, T* output);
template <typename T>
void backward(const StridedConv& conv, Direction direction, const T* input, const float* weight,
              const T* output_gradient, const Gradients<T>& gradients);

}  // namespace latent::kernel
