// Our operations for NVIDIA GPUs, each with its gradient: kernel/cuda behind LibTorch's interface.
//
// A training step of a small model on a GPU is a sequence of some 200 short operations that wait
// for memory. These do in one pass over memory what LibTorch does in several: the bias with the
// activation, and the two convolutions with very few channels on one side, for which cuDNN
// rearranges the larger side first.
#pragma once

#include <optional>
#include <tuple>

#include "core/tensor.h"

namespace latent::kernel {

/// Returns true if `add_bias` takes such operands: on a GPU, float32 or bfloat16, channels a
/// multiple of 8 and 2048 at most.
///
/// x: as the result.  channels: of it.  bias: [channels].
bool can_add_bias(const Tensor& x, int64_t channels, const Tensor& bias);

/// Computes leaky_relu(x + bias, slope); slope 0: ReLU; slope 1: no activation.
///
/// x: [B, C, H, W] or [B, C].  bias: [C] float32.  slope: at least 0.  Returns x's shape and type,
/// channels_last.
Tensor add_bias(const Tensor& x, const Tensor& bias, double slope);

/// Returns true if `narrow_conv` takes such operands: on a GPU, float32 or bfloat16, a 3x3 kernel,
/// 1 or 3 outputs, channels a multiple of 16 and 256 at most.
///
/// x: its device and type are looked at, its size is not.  weight: [O, C, 3, 3].
bool is_narrow_on_gpu(const Tensor& x, const Tensor& weight);

/// Computes conv2d(leaky_relu(x, slope), weight, bias) with stride 1 and padding 1.
///
/// x: [B, C, H, W].  weight: [O, C, 3, 3] float32.  bias: [O] float32 or undefined.  slope: at
/// least 0.  Returns [B, O, H, W] float32, channels_last.
Tensor narrow_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias);

/// Returns true if `image_conv` takes such operands: on a GPU, images that need no gradient,
/// float32, with 1 or 3 channels, a 3x3 kernel, outputs a multiple of 4 and 1024 at most.
bool is_image_conv(const Tensor& x, const Tensor& weight);

/// Computes leaky_relu(conv2d(x, weight, bias, stride, padding 1), slope).
///
/// x: [B, I, H, W] float32.  weight: [C, I, 3, 3] float32.  bias: [C] float32 or undefined.  slope:
/// at least 0; 1: no activation.  Returns [B, C, h, w], channels_last, of the type that autocast
/// asks for, else float32.
Tensor image_conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                  double slope);

/// What latent_cuda.so exports: the operations above and their gradients, without autograd.
struct CudaKernels {
  Tensor (*add_bias)(const Tensor& x, const Tensor& bias, double slope);
  /// Returns the gradients of x and bias.  y: the result.
  std::tuple<Tensor, Tensor> (*add_bias_backward)(const Tensor& y, const Tensor& gradient,
                                                  double slope);
  Tensor (*narrow_conv)(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias);
  /// Returns the gradients of x, weight and bias.
  std::tuple<Tensor, Tensor, Tensor> (*narrow_conv_backward)(const Tensor& x, double slope,
                                                             const Tensor& weight,
                                                             const Tensor& gradient);
  Tensor (*image_conv)(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                       double slope, at::ScalarType type);
  /// Returns the gradients of weight and bias.  y: the result.
  std::tuple<Tensor, Tensor> (*image_conv_backward)(const Tensor& x, const Tensor& weight,
                                                    const Tensor& y, const Tensor& gradient,
                                                    int64_t stride, double slope);
};

/// The name under which latent_cuda.so exports `const CudaKernels* latent_cuda_kernels()`.
constexpr const char* kCudaKernelsSymbol = "latent_cuda_kernels";

}  // namespace latent::kernel
