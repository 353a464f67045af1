#include "kernel/cuda_kernels.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/device/cuda_table.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/module.h"

namespace latent::kernel {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const CudaKernels* load_kernels() {
#if LATENT_CUDA_KERNELS
  try {
    void* symbol = module_symbol(kCudaModule, kCudaKernelsSymbol, "CUDA kernels",
                                 "is it the one this program was built with?");
    return reinterpret_cast<const CudaKernels* (*)()>(symbol)();
  } catch (const Error& failure) {
    log::warn("training with LibTorch's operations only: {}", failure.what());
  }
#endif
  return nullptr;
}

// Returns the kernels if x is on a GPU and the build has any.
const CudaKernels* kernels_for(const Tensor& x) {
  if (!x.is_cuda()) return nullptr;
  static const CudaKernels* const loaded = load_kernels();
  return loaded;
}

bool is_float(const Tensor& x) {
  return x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
}

bool is_3x3(const Tensor& weight) {
  return weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3 &&
         weight.scalar_type() == at::kFloat;
}

Tensor channels_last(const Tensor& x) {
  return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous();
}

// Autograd takes no undefined operands.
Tensor or_zeros(const Tensor& bias, const Tensor& weight) {
  return bias.defined() ? bias : at::zeros({weight.size(0)}, weight.options());
}

struct AddBias : torch::autograd::Function<AddBias> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& bias,
                        double slope) {
    Tensor y = kernels_for(x)->add_bias(channels_last(x), bias.contiguous(), slope);
    context->save_for_backward({slope == 1 ? Tensor() : y});
    context->saved_data["slope"] = slope;
    return y;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const Tensor gradient = channels_last(gradients[0]);
    auto [x, bias] = kernels_for(gradient)->add_bias_backward(
        context->get_saved_variables()[0], gradient, context->saved_data["slope"].toDouble());
    return {x, bias, Tensor()};
  }
};

struct NarrowOnGpu : torch::autograd::Function<NarrowOnGpu> {
  static Tensor forward(AutogradContext* context, const Tensor& x, double slope,
                        const Tensor& weight, const Tensor& bias) {
    const Tensor input = channels_last(x), kernel = channels_last(weight);
    context->save_for_backward({input, kernel});
    context->saved_data["slope"] = slope;
    return kernels_for(x)->narrow_conv(input, slope, kernel, bias);
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    auto [x, weight, bias] = kernels_for(saved[0])->narrow_conv_backward(
        saved[0], context->saved_data["slope"].toDouble(), saved[1], channels_last(gradients[0]));
    return {x, Tensor(), weight, bias};
  }
};

struct ImageConv : torch::autograd::Function<ImageConv> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, int64_t stride, double slope, bool narrow) {
    const Tensor input = channels_last(x), kernel = channels_last(weight);
    Tensor y = kernels_for(x)->image_conv(input, kernel, bias, stride, slope,
                                          narrow ? at::kBFloat16 : at::kFloat);
    context->save_for_backward({input, kernel, slope == 1 ? Tensor() : y});
    context->saved_data["stride"] = stride;
    context->saved_data["slope"] = slope;
    return y;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    auto [weight, bias] = kernels_for(saved[0])->image_conv_backward(
        saved[0], saved[1], saved[2], channels_last(gradients[0]),
        context->saved_data["stride"].toInt(), context->saved_data["slope"].toDouble());
    return {Tensor(), weight, bias, Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

bool can_add_bias(const Tensor& x, int64_t channels, const Tensor& bias) {
  return kernels_for(x) != nullptr && is_float(x) && bias.defined() &&
         bias.scalar_type() == at::kFloat && channels % 8 == 0 && channels <= 2048;
}

Tensor add_bias(const Tensor& x, const Tensor& bias, double slope) {
  TORCH_CHECK(can_add_bias(x, x.size(1), bias) && slope >= 0, "add_bias: operands that do not fit");
  return AddBias::apply(x, bias, slope);
}

bool is_narrow_on_gpu(const Tensor& x, const Tensor& weight) {
  return kernels_for(x) != nullptr && is_float(x) && is_3x3(weight) &&
         (weight.size(0) == 1 || weight.size(0) == 3) && weight.size(1) % 16 == 0 &&
         weight.size(1) <= 256;
}

Tensor narrow_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  TORCH_CHECK(is_narrow_on_gpu(x, weight) && x.size(1) == weight.size(1) && slope >= 0,
              "narrow_conv: operands that do not fit");
  return NarrowOnGpu::apply(x, slope, weight, or_zeros(bias, weight));
}

bool is_image_conv(const Tensor& x, const Tensor& weight) {
  return kernels_for(x) != nullptr && !x.requires_grad() && x.scalar_type() == at::kFloat &&
         is_3x3(weight) && (weight.size(1) == 1 || weight.size(1) == 3) &&
         weight.size(0) % 4 == 0 && weight.size(0) <= 1024;
}

Tensor image_conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                  double slope) {
  TORCH_CHECK(is_image_conv(x, weight) && x.size(1) == weight.size(1) && slope >= 0,
              "image_conv: operands that do not fit");
  const bool narrow = at::autocast::is_autocast_enabled(at::kCUDA) &&
                      at::autocast::get_autocast_dtype(at::kCUDA) == at::kBFloat16;
  return ImageConv::apply(x, weight, or_zeros(bias, weight), stride, slope, narrow);
}

}  // namespace latent::kernel
