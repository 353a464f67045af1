#include "space/anomaly.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::space {
namespace {

constexpr double kLeastVariance = 1e-4;

}  // namespace

Tensor LatentSpread::distances(const Tensor& z) const {
  return (z.to(at::kCPU, at::kDouble) - mean).mm(whitening).norm(2, 1);
}

LatentSpread fit_spread(const Latent& codes) {
  const Tensor z = codes.code.to(at::kCPU, at::kDouble);
  LatentSpread spread{.mean = z.mean(0), .whitening = {}};
  const Tensor centred = z - spread.mean;
  Tensor covariance = centred.t().mm(centred) / static_cast<double>(z.size(0));
  if (codes.posterior)
    covariance += at::diag(codes.posterior->logvar.to(at::kCPU, at::kDouble).exp().mean(0));
  const auto [values, vectors] = at::linalg_eigh(covariance);
  const double least = std::max(kLeastVariance * values.mean().item<double>(), 1e-300);
  spread.whitening = vectors / values.clamp_min(least).sqrt();
  return spread;
}

}  // namespace latent::space
