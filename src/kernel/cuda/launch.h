// The kernels for NVIDIA GPUs as plain functions on device memory: what the .cu files define.
//
// All are asynchronous on `stream`, read nothing on the host and draw no memory, so that they can
// be recorded in a CUDA graph. Sums are added in a fixed order: results are bit-for-bit
// reproducible on one kind of GPU. Feature maps are rows of pixels, pixels rows of channels
// (channels_last).
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace latent::kernel::cuda {

enum class Type { kFloat, kBFloat16 };

/// The most blocks that write partial sums: rows of `partial` below.
constexpr int kMostBlocks = 528;

/// Rows of channels, each plus a bias, activated: x if x > 0, else slope * x.
struct BiasActivation {
  int64_t rows;
  int channels;  // a multiple of 8, 2048 at most
  float slope;   // at least 0; 1: no activation
  Type type;     // of the rows; biases and their gradients are float32
};

/// output = activation(input + bias).  input, output: [rows, channels].  bias: [channels].
void forward(const BiasActivation& of, const void* input, const float* bias, void* output,
             cudaStream_t stream);
/// gradient: of the output.  input_gradient: written; not with slope 1, where it is the gradient.
/// partial: [kMostBlocks, channels], scratch.  bias_gradient: [channels], written.
void backward(const BiasActivation& of, const void* output, const void* gradient,
              void* input_gradient, float* partial, float* bias_gradient, cudaStream_t stream);

/// A 3x3 convolution, stride 1, padding 1, to a few channels, of an input activated first.
struct NarrowConv {
  int images, height, width;
  int channels;  // of the input: a multiple of 16, 256 at most
  int outputs;   // 1 or 3
  float slope;   // of the activation, at least 0; 1: none
  Type type;     // of the input; weights and the output are float32
};

/// weight: [outputs, 3, 3, channels].  bias: [outputs].
/// output: [images, height, width, outputs], written.
void forward(const NarrowConv& of, const void* input, const float* weight, const float* bias,
             float* output, cudaStream_t stream);
/// gradient: of the output.  input_gradient: as the input, written.
/// partial: [kMostBlocks, outputs * 9 * channels + outputs], scratch.
/// weight_gradient: as the weight, then [outputs] of the bias, written.
void backward(const NarrowConv& of, const void* input, const float* weight, const float* gradient,
              void* input_gradient, float* partial, float* weight_gradient, cudaStream_t stream);

/// A 3x3 convolution, padding 1, of images with few channels, then activated. Has no gradient of
/// the images.
struct ImageConv {
  int images, height, width;
  int inputs;    // channels of the images: 1 or 3
  int channels;  // of the output: a multiple of 4, 1024 at most
  int stride;
  int output_height, output_width;
  float slope;  // at least 0; 1: no activation
  Type type;    // of the output; images and weights are float32
};

/// input: [images, height, width, inputs].  weight: [channels, 3, 3, inputs].  bias: [channels].
/// output: [images, output_height, output_width, channels], written.
void forward(const ImageConv& of, const float* input, const float* weight, const float* bias,
             void* output, cudaStream_t stream);
/// partial: [kMostBlocks, channels * (9 * inputs + 1)], scratch.
/// weight_gradient: as the weight, then [channels] of the bias, written.
void backward(const ImageConv& of, const float* input, const void* output, const void* gradient,
              float* partial, float* weight_gradient, cudaStream_t stream);

/// Adds the first `blocks` rows: sums[i] = partial[0][i] + partial[1][i] + ...
/// partial: [blocks, size].  sums: [size].
void add_rows(const float* partial, int blocks, int size, float* sums, cudaStream_t stream);

}  // namespace latent::kernel::cuda
