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
      const at::ScalarType type = parameter.scalar_type();
      TORCH_CHECK(type == at::kFloat || type == at::kDouble, item.key(), " is not float32");
      TORCH_CHECK(parameters_.empty() || type == parameters_[0].scalar_type(), item.key(),
                  " has another type than the parameters before it");
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
  narrowed_.resize(parameters_.size());
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
  for (Tensor& copy : narrowed_) {
    if (copy.defined()) copy.mutable_grad() = Tensor();
  }
}

void FlatParameters::gather_gradients() {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> places, computed, narrow_places, narrow_computed;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const int64_t count = parameters_[i].numel();
    Tensor place = gradients_.narrow(0, slots_[i].offset, count);
    const Tensor& full = parameters_[i].grad();
    const Tensor narrow = narrowed_[i].defined() ? narrowed_[i].grad() : Tensor();
    TORCH_CHECK(!full.defined() || !narrow.defined(), slots_[i].name,
                ": used both in float32 and in bfloat16");
    // Autograd gives a gradient the strides of its parameter: both have the same memory layout.
    if (narrow.defined()) {
      narrow_places.push_back(place);
      narrow_computed.push_back(narrow.as_strided({count}, {1}));
    } else if (full.defined()) {
      places.push_back(place);
      computed.push_back(full.as_strided({count}, {1}));
    } else {
      place.zero_();
    }
  }
  if (!places.empty()) at::_foreach_copy_(places, computed);
  if (!narrow_places.empty()) at::_foreach_copy_(narrow_places, narrow_computed);
}

Tensor FlatParameters::narrowed(const Tensor& parameter) {
  const torch::NoGradGuard no_grad;
  if (!narrow_values_.defined()) narrow_values_ = values_.to(at::kBFloat16);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].is_same(parameter)) continue;
    if (!narrowed_[i].defined())
      narrowed_[i] = view(narrow_values_, slots_[i]).detach().requires_grad_();
    return narrowed_[i];
  }
  TORCH_CHECK(false, "narrowed: not a parameter of these modules");
}

void FlatParameters::refresh_narrowed() {
  const torch::NoGradGuard no_grad;
  if (narrow_values_.defined()) narrow_values_.copy_(values_);
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
