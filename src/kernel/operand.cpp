#include "kernel/operand.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

namespace latent::kernel {

bool is_feature_map(const Tensor& x) {
  return x.device().is_cpu() && x.dim() == 4 &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

bool is_narrowed(const Tensor& x) {
  return x.scalar_type() == at::kBFloat16 ||
         (at::autocast::is_autocast_enabled(at::kCPU) &&
          at::autocast::get_autocast_dtype(at::kCPU) == at::kBFloat16);
}

Tensor as_autocast(const Tensor& x) { return is_narrowed(x) ? x.to(at::kBFloat16) : x; }

}  // namespace latent::kernel
