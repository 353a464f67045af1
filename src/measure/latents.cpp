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
  const Tensor count = at::full({code.size(1)}, static_cast<double>(code.size(0)), at::kDouble);
  add_packed(at::stack({count, code.sum(0), at::square(code).sum(0), code.amin(0), code.amax(0)}));
}

Tensor CodeSpread::packed() const {
  if (count_ == 0) return {};
  const Tensor count = at::full_like(sum_, static_cast<double>(count_));
  return at::stack({count, sum_, squares_, low_, high_});
}

void CodeSpread::add_packed(const Tensor& packed) {
  const bool first = count_ == 0;
  sum_ = first ? packed[1] : sum_ + packed[1];
  squares_ = first ? packed[2] : squares_ + packed[2];
  low_ = first ? packed[3] : at::minimum(low_, packed[3]);
  high_ = first ? packed[4] : at::maximum(high_, packed[4]);
  count_ += static_cast<int64_t>(packed[0][0].item<double>());
}

Tensor CodeSpread::variance() const {
  const auto n = static_cast<double>(count_);
  return (squares_ / n - at::square(sum_ / n)).clamp_min(0);
}

int64_t CodeSpread::active_units() const {
  return (variance() > kActiveVariance).sum().item<int64_t>();
}

}  // namespace latent
