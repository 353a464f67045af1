// Strided and transposed convolutions of an activated feature map, each as one operation with its
// gradient: kernel/strided_conv behind LibTorch's interface.
#pragma once

#include "core/tensor.h"

namespace latent::kernel {

/// Height and width of a feature map.
struct Extent {
  int64_t height, width;
};

/// Returns true if the functions below take such operands and are faster than LibTorch's for
/// strides of 2 or more: float32 on a CPU with AVX-512, or bfloat16 (also under autocast) on one
/// that multiplies it; channels on both sides multiples of 16.
///
/// x: [B, C, H, W].  weight: [O, C, k, k] or, transposed, [C, O, k, k].  output: size of the
/// result.
bool prefers_strided(const Tensor& x, const Tensor& weight, const Extent& output);

/// Computes conv2d(leaky_relu(x, slope), weight, bias, stride) with the padding (k - 1) / 2; slope
/// 0: ReLU; slope 1: no activation.
///
/// x: [B, C, H, W].  weight: [O, C, k, k].  bias: [O] or undefined.  output: what the stride leaves
/// of H and W.  Returns [B, O, output] of x's type, channels_last. C and O must be multiples of 16,
/// x float32 or bfloat16 on the CPU, weight and bias float32. In bfloat16 products are of rounded
/// values and sums in fp32, on any processor.
Tensor activated_strided_conv(const Tensor& x, double slope, const Tensor& weight,
                              const Tensor& bias, int64_t stride, const Extent& output);

/// Computes conv_transpose2d(leaky_relu(x, slope), weight, bias, stride) with the padding (k - 1)
/// / 2.
///
/// x: [B, C, H, W].  weight: [C, O, k, k].  bias: [O] or undefined.  output: size of the
/// result.  Returns [B, O, output] of x's type, channels_last. Types and multiples as above.
Tensor activated_transposed_conv(const Tensor& x, double slope, const Tensor& weight,
                                 const Tensor& bias, int64_t stride, const Extent& output);

}  // namespace latent::kernel
