#include "kernel/activated_strided_conv.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernel/operand.h"
#include "kernel/pair_product.h"
#include "kernel/simd.h"
#include "kernel/strided_conv.h"

namespace latent::kernel {
namespace {

constexpr auto kLayout = at::MemoryFormat::ChannelsLast;

FeatureMap map_of(const Tensor& x) {
  return {.height = x.size(2), .width = x.size(3), .channels = x.size(1)};
}

// weight: [channels of the small map, channels of the large one, k, k], either way.
StridedConv connect(const FeatureMap& large, const FeatureMap& small, int64_t images,
                    const Tensor& weight, int64_t stride, double slope) {
  return {.images = images,
          .large = large,
          .small = small,
          .size = weight.size(2),
          .stride = stride,
          .padding = (weight.size(2) - 1) / 2,
          .slope = static_cast<float>(slope)};
}

// Permutes the weights to their order in memory if they are channels_last, so nothing is copied.
Tensor by_tap(const Tensor& weight) { return weight.permute({0, 2, 3, 1}).contiguous(); }

// In the two directions; saved are the input, the weight and what a StridedConv consists of.
template <bool is_up>
struct ActivatedStridedConv : torch::autograd::Function<ActivatedStridedConv<is_up>> {
  static constexpr Direction kDirection = is_up ? Direction::kUp : Direction::kDown;

  static StridedConv sizes(const Tensor& x, const Tensor& weight, const FeatureMap& output,
                           int64_t stride, double slope) {
    return is_up ? connect(output, map_of(x), x.size(0), weight, stride, slope)
                 : connect(map_of(x), output, x.size(0), weight, stride, slope);
  }

  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double slope,
                        const Tensor& weight, const Tensor& bias, int64_t stride, int64_t height,
                        int64_t width) {
    RECORD_FUNCTION(is_up ? "latent::transposed_conv" : "latent::strided_conv",
                    c10::ArrayRef<const c10::IValue>{});
    const Tensor input = x.contiguous(kLayout);
    context->save_for_backward({input, weight});
    context->saved_data["slope"] = slope;
    context->saved_data["stride"] = stride;
    const FeatureMap output{
        .height = height, .width = width, .channels = weight.size(is_up ? 1 : 0)};
    const StridedConv conv = sizes(input, weight, output, stride, slope);
    TORCH_CHECK(fits(conv), "activated_strided_conv: operands that do not fit");
    const Tensor result =
        at::empty({conv.images, output.channels, height, width}, x.options(), kLayout);
    const Tensor ordered = by_tap(weight);
    with_type(input, [&]<typename T>(T*) {
      kernel::forward(conv, kDirection, values<T>(input), values<float>(ordered),
                      values<float>(bias), writable<T>(result));
    });
    return result;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& arriving) {
    RECORD_FUNCTION(is_up ? "latent::transposed_conv_backward" : "latent::strided_conv_backward",
                    c10::ArrayRef<const c10::IValue>{});
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1];
    const Tensor gradient = arriving[0].contiguous(kLayout);
    const StridedConv conv =
        sizes(input, weight, map_of(gradient), context->saved_data["stride"].toInt(),
              context->saved_data["slope"].toDouble());
    const Tensor weight_by_tap = by_tap(weight);
    Tensor input_gradient;
    if (context->needs_input_grad(0)) input_gradient = at::empty_like(input);
    Tensor weight_gradient = at::empty_like(weight_by_tap);
    Tensor bias_gradient = at::empty({gradient.size(1)}, weight.options());
    with_type(input, [&]<typename T>(T*) {
      kernel::backward(conv, kDirection, values<T>(input), values<float>(weight_by_tap),
                       values<T>(gradient),
                       Gradients<T>{.input = writable<T>(input_gradient),
                                    .weight = writable<float>(weight_gradient),
                                    .bias = writable<float>(bias_gradient)});
    });
    return {input_gradient, Tensor(), weight_gradient.permute({0, 3, 1, 2}),
            bias_gradient,  Tensor(), Tensor(),
            Tensor()};
  }
};

template <bool is_up>
Tensor apply(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias,
             int64_t stride, const Extent& output) {
  return ActivatedStridedConv<is_up>::apply(
      as_autocast(x), slope, weight,
      bias.defined() ? bias : at::zeros({weight.size(is_up ? 1 : 0)}, weight.options()), stride,
      output.height, output.width);
}

}  // namespace

bool prefers_strided(const Tensor& x, const Tensor& weight, const Extent& output) {
  static const bool is_wide = has_wide_registers();
  if (!is_wide || !is_feature_map(x) || !is_feature_map(weight)) return false;
  if (weight.scalar_type() != at::kFloat) return false;
  if (is_narrowed(x) && pair_arithmetic() == PairArithmetic::kEmulated) return false;
  const FeatureMap in = map_of(x);
  const FeatureMap out{.height = output.height,
                       .width = output.width,
                       .channels = weight.size(weight.size(0) == in.channels ? 1 : 0)};
  return fits(connect(in, out, x.size(0), weight, 1, 1));
}

Tensor activated_strided_conv(const Tensor& x, double slope, const Tensor& weight,
                              const Tensor& bias, int64_t stride, const Extent& output) {
  return apply<false>(x, slope, weight, bias, stride, output);
}

Tensor activated_transposed_conv(const Tensor& x, double slope, const Tensor& weight,
                                 const Tensor& bias, int64_t stride, const Extent& output) {
  return apply<true>(x, slope, weight, bias, stride, output);
}

}  // namespace latent::kernel
