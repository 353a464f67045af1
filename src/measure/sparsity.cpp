#include "measure/sparsity.h"

#include <torch/types.h>

namespace latent {

Tensor active_units_of_each(const Tensor& codes) {
  const Tensor size = codes.abs();
  return (size > kActiveShare * size.amax(0)).sum(1);
}

const char* dead_units_text(bool sigmoid) { return sigmoid ? "always below 0.01" : "always 0"; }

Sparsity sparsity(const Tensor& codes, bool sigmoid) {
  expect_shape(codes, {-1, -1}, "codes");
  const Tensor size = codes.abs();
  const Tensor largest = size.amax(0);  // [Z]
  const auto images = static_cast<double>(codes.size(0));
  const auto units = static_cast<double>(codes.size(1));
  Sparsity result;
  result.mean_activation = size.mean(at::kDouble).item<double>();
  result.active = static_cast<double>(active_units_of_each(codes).sum().item<int64_t>()) / images;
  result.active_share = result.active / units;
  const Tensor dead = sigmoid ? largest < kDeadSigmoid : largest == 0;
  result.dead_units = dead.sum().item<int64_t>();
  return result;
}

}  // namespace latent
