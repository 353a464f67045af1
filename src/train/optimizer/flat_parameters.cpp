#include "train/optimizer/flat_parameters.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

// The number that every offset is a multiple of. The CPU's buffer has no gaps: they would gain
// nothing, and the norm of the gradient would be summed in another order.
int64_t alignment(const c10::Device& device) { return device.is_cpu() ? 1 : 16; }

}  // namespace

FlatParameters::FlatParameters(
    const std::vector<std::pair<std::string, torch::nn::Module*>>& modules) {
  const torch::NoGradGuard no_grad;
  int64_t total = 0;
  for (const auto& [prefix, module] : modules) {
    for (const auto& item : module->named_parameters()) {
      Tensor parameter = item.value();
      TORCH_CHECK(parameter.scalar_type() == at::kFloat, item.key(), " is not float32");
      const Tensor ordered = parameter.dim() == 4
                                 ? parameter.contiguous(at::MemoryFormat::ChannelsLast)
                                 : parameter.contiguous();
      slots_.push_back({.name = prefix + item.key(),
                        .offset = total,
                        .sizes = ordered.sizes().vec(),
                        .strides = ordered.strides().vec()});
      parameters_.push_back(parameter);
      const int64_t unit = alignment(parameter.device());
      total += (parameter.numel() + unit - 1) / unit * unit;
    }
  }
  TORCH_CHECK(!parameters_.empty(), "no parameters to train");
  values_ = at::zeros({total}, parameters_[0].options().requires_grad(false));
  gradients_ = at::zeros_like(values_);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Tensor target = view(values_, slots_[i]);
    target.copy_(parameters_[i]);
    parameters_[i].set_data(target);
  }
}

void FlatParameters::drop_gradients() {
  for (Tensor& parameter : parameters_)
    parameter.mutable_grad() = Tensor();
}

void FlatParameters::gather_gradients() {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> places, computed;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const int64_t count = parameters_[i].numel();
    Tensor place = gradients_.narrow(0, slots_[i].offset, count);
    const Tensor& gradient = parameters_[i].grad();
    if (!gradient.defined()) {
      place.zero_();
      continue;
    }
    places.push_back(place);
    // Autograd gives a gradient the strides of its parameter: both have the same memory layout.
    computed.push_back(gradient.as_strided({count}, {1}));
  }
  if (!places.empty()) at::_foreach_copy_(places, computed);
}

Tensor FlatParameters::view(const Tensor& flat, const Slot& slot) const {
  return flat.as_strided(slot.sizes, slot.strides, slot.offset);
}

std::vector<std::pair<std::string, Tensor>> FlatParameters::views(const Tensor& flat) const {
  std::vector<std::pair<std::string, Tensor>> named;
  for (const auto& slot : slots_)
    named.emplace_back(slot.name, view(flat, slot));
  return named;
}

}  // namespace latent
