// A convolution of an activated feature map as one operation with its gradient: kernel/narrow_conv
// behind LibTorch's interface.
#pragma once

#include "core/tensor.h"

namespace latent::kernel {

/// Returns true if `activated_conv` takes these operands: float32 on the CPU, channels a multiple
/// of 16, few outputs.
bool is_narrow(const Tensor& x, const Tensor& weight);

/// Computes conv2d(leaky_relu(x, slope), weight, bias) with stride 1 and the padding that keeps the
/// size of the image; slope 0: ReLU; slope 1: no activation.
///
/// x: [B, C, H, W].  weight: [O, C, k, k], k odd.  bias: [O] or undefined.  Returns [B, O, H, W],
/// channels_last. The operands must satisfy `is_narrow`.
Tensor activated_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias);

}  // namespace latent::kernel
