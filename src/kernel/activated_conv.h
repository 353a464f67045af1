// A convolution of an activated feature map as one operation with its gradient: kernel/narrow_conv
// behind LibTorch's interface.
#pragma once

#include "core/tensor.h"

namespace latent::kernel {

/// Returns true if `activated_conv` is the way to compute with these operands: float32 on the CPU,
/// or bfloat16 (also under autocast) if the processor multiplies it, channels a multiple of 16, few
/// outputs.
bool is_narrow(const Tensor& x, const Tensor& weight);

/// Computes conv2d(leaky_relu(x, slope), weight, bias) with stride 1 and the padding that keeps the
/// size of the image; slope 0: ReLU; slope 1: no activation.
///
/// x: [B, C, H, W], float32 or bfloat16.  weight: [O, C, k, k], k odd, float32.  bias: [O],
/// float32, or undefined.  Returns [B, O, H, W], float32, channels_last. The sizes must be those of
/// `is_narrow`. In bfloat16 products are of rounded values and sums in fp32, on any processor.
Tensor activated_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias);

}  // namespace latent::kernel
