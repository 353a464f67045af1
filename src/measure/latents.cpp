#include "measure/latents.h"

#include <ATen/ATen.h>

namespace latent {
namespace {

Tensor rows_of(const Tensor& latents) { return latents.flatten(1).to(at::kDouble).cpu(); }

}  // namespace

Tensor posterior_kl(const Latent& latent) {
  if (!latent.posterior) return {};
  return gaussian_kl(rows_of(latent.code), rows_of(latent.posterior->logvar));
}

void CodeSpread::add(const Latent& latent) {
  const Tensor code = rows_of(latent.code);  // [B, Z]
  const Tensor low = code.amin(0), high = code.amax(0);
  const bool first = count_ == 0;
  sum_ = first ? code.sum(0) : sum_ + code.sum(0);
  squares_ = first ? at::square(code).sum(0) : squares_ + at::square(code).sum(0);
  low_ = first ? low : at::minimum(low_, low);
  high_ = first ? high : at::maximum(high_, high);
  count_ += code.size(0);
}

Tensor CodeSpread::variance() const {
  const auto n = static_cast<double>(count_);
  return (squares_ / n - at::square(sum_ / n)).clamp_min(0);
}

int64_t CodeSpread::active_units() const {
  return (variance() > kActiveVariance).sum().item<int64_t>();
}

}  // namespace latent
