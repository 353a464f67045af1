#include "sets/table_scale.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

constexpr double kConstant = 1e-12;  // a deviation that is rounding, as a share of the values

}  // namespace

TableScale::TableScale(const std::string& kind, const Tensor& values) {
  const Tensor largest = values.abs().amax(0);  // [D]
  const Tensor spread = values.std(0, false);
  const Tensor constant = spread <= kConstant * largest;
  for (int64_t i = 0; i < constant.numel(); ++i) {
    if (constant[i].item<bool>()) constant_.push_back(i);
  }
  mean_ = at::zeros_like(largest);
  deviation_ = at::ones_like(largest);
  if (kind == "columns") {
    mean_ = values.mean(0);
    deviation_ = at::where(constant, deviation_, spread);
  } else if (kind == "global") {
    mean_.fill_(values.mean());
    const Tensor all = values.std(false);
    if ((all > kConstant * largest.max()).item<bool>()) deviation_.fill_(all);
  }
}

Tensor TableScale::apply(const Tensor& values) const {
  return ((values - mean_) / deviation_).to(at::kFloat);
}

}  // namespace latent
