#include "space/usage.h"

#include <ATen/ATen.h>

namespace latent::space {

Tensor kl_per_latent(const Latent& codes) {
  return gaussian_kl(codes.code.to(at::kDouble), codes.posterior->logvar.to(at::kDouble)).mean(0);
}

Tensor usage(const Latent& codes) {
  if (codes.posterior) return kl_per_latent(codes);
  return codes.code.to(at::kDouble).var(0, /*unbiased=*/false);
}

std::vector<int64_t> most_used_first(const Tensor& usage) {
  const Tensor order = usage.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true).contiguous();
  const auto* first = order.const_data_ptr<int64_t>();
  return {first, first + order.numel()};
}

}  // namespace latent::space
