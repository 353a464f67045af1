#include "train/optimizer/weight_average.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace latent {

WeightAverage::WeightAverage(double decay, const std::vector<Tensor>& values) : decay_(decay) {
  if (decay == 0) return;
  for (const Tensor& each : values) {
    if (!each.defined()) continue;
    values_.push_back(each);
    averages_.push_back(each.clone());
  }
}

void WeightAverage::update(const Tensor& step, const Tensor& skipped) {
  if (!active()) return;
  const at::NoGradGuard no_grad;
  const Tensor steps = step.to(at::kDouble);
  const Tensor decay = ((steps + 1) / (steps + 10)).clamp_max(decay_);
  const Tensor share = (1 - decay).masked_fill(skipped, 0);
  for (size_t i = 0; i < values_.size(); ++i)
    averages_[i].lerp_(values_[i], share.to(values_[i].scalar_type()));
}

void WeightAverage::exchange() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < values_.size(); ++i) {
    const Tensor kept = values_[i].clone();
    values_[i].copy_(averages_[i]);
    averages_[i].copy_(kept);
  }
  exchanged_ = !exchanged_;
}

int64_t WeightAverage::place_of(const Tensor& tensor) const {
  for (size_t i = 0; i < values_.size(); ++i) {
    if (tensor.storage().is_alias_of(values_[i].storage())) return static_cast<int64_t>(i);
  }
  return -1;
}

Tensor WeightAverage::twin(const Tensor& view) const {
  const int64_t place = place_of(view);
  TORCH_CHECK(place >= 0, "a tensor of which there is no average");
  return averages_[static_cast<size_t>(place)].as_strided(view.sizes(), view.strides(),
                                                          view.storage_offset());
}

}  // namespace latent
