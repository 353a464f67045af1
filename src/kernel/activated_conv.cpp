#include "kernel/activated_conv.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernel/narrow_conv.h"
#include "kernel/operand.h"
#include "kernel/pair_product.h"

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
    const Tensor output = at::empty({conv.images, conv.outputs, conv.height, conv.width},
                                    weight.options(), at::MemoryFormat::ChannelsLast);
    const Tensor ordered = by_channel(weight);
    with_type(input, [&]<typename T>(T*) {
      kernel::forward(conv, values<T>(input), values<float>(ordered), values<float>(bias),
                      writable<float>(output));
    });
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    RECORD_FUNCTION("latent::narrow_conv_backward", c10::ArrayRef<const c10::IValue>{});
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1];
    const NarrowConv conv = sizes(input, weight, context->saved_data["slope"].toDouble());
    const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor input_gradient = at::empty_like(input), ordered = by_channel(weight);
    const Tensor weight_gradient =
        at::empty({conv.channels, conv.size, conv.size, conv.outputs}, weight.options());
    with_type(input, [&]<typename T>(T*) {
      kernel::backward(conv, values<T>(input), values<float>(ordered), values<float>(gradient),
                       writable<T>(input_gradient), writable<float>(weight_gradient));
    });
    return {input_gradient, Tensor(), weight_gradient.permute({3, 0, 1, 2}),
            gradient.sum({0, 2, 3})};
  }
};

bool can_convolve(const Tensor& x, const Tensor& weight) {
  return is_feature_map(x) && weight.scalar_type() == at::kFloat && fits(sizes(x, weight, 1.0));
}

}  // namespace

bool is_narrow(const Tensor& x, const Tensor& weight) {
  if (!can_convolve(x, weight)) return false;
  return !is_narrowed(x) || pair_arithmetic() != PairArithmetic::kEmulated;
}

Tensor activated_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  TORCH_CHECK(can_convolve(x, weight), "activated_conv: operands that do not fit");
  return ActivatedConv::apply(
      as_autocast(x), slope, weight,
      bias.defined() ? bias : at::zeros({weight.size(0)}, weight.options()));
}

}  // namespace latent::kernel
