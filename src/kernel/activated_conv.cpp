#include "kernel/activated_conv.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernel/narrow_conv.h"

namespace latent::kernel {
namespace {

NarrowConv sizes(const Tensor& x, const Tensor& weight, double slope) {
  return {.images = x.size(0),
          .height = x.size(2),
          .width = x.size(3),
          .channels = x.size(1),
          .outputs = weight.size(0),
          .size = weight.size(2),
          .slope = static_cast<float>(slope)};
}

// [O, C, k, k] -> [C, k, k, O]
Tensor by_channel(const Tensor& weight) { return weight.permute({1, 2, 3, 0}).contiguous(); }

struct ActivatedConv : torch::autograd::Function<ActivatedConv> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double slope,
                        const Tensor& weight, const Tensor& bias) {
    RECORD_FUNCTION("latent::narrow_conv", c10::ArrayRef<const c10::IValue>{});
    const Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
    context->save_for_backward({input, weight});
    context->saved_data["slope"] = slope;
    const NarrowConv conv = sizes(input, weight, slope);
    Tensor output = at::empty({conv.images, conv.outputs, conv.height, conv.width}, x.options(),
                              at::MemoryFormat::ChannelsLast);
    kernel::forward(conv, input.const_data_ptr<float>(), by_channel(weight).const_data_ptr<float>(),
                    bias.const_data_ptr<float>(), output.data_ptr<float>());
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    RECORD_FUNCTION("latent::narrow_conv_backward", c10::ArrayRef<const c10::IValue>{});
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1];
    const NarrowConv conv = sizes(input, weight, context->saved_data["slope"].toDouble());
    const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    Tensor input_gradient = at::empty_like(input);
    Tensor weight_gradient =
        at::empty({conv.channels, conv.size, conv.size, conv.outputs}, weight.options());
    kernel::backward(conv, input.const_data_ptr<float>(),
                     by_channel(weight).const_data_ptr<float>(), gradient.const_data_ptr<float>(),
                     input_gradient.data_ptr<float>(), weight_gradient.data_ptr<float>());
    return {input_gradient, Tensor(), weight_gradient.permute({3, 0, 1, 2}),
            gradient.sum({0, 2, 3})};
  }
};

}  // namespace

bool is_narrow(const Tensor& x, const Tensor& weight) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat &&
         weight.scalar_type() == at::kFloat && x.dim() == 4 && fits(sizes(x, weight, 1.0));
}

Tensor activated_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  TORCH_CHECK(is_narrow(x, weight), "activated_conv: operands that do not fit");
  return ActivatedConv::apply(x, slope, weight,
                              bias.defined() ? bias : at::zeros({weight.size(0)}, x.options()));
}

}  // namespace latent::kernel
