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
  const Tensor z = codes.mean.to(at::kCPU, at::kDouble);
  LatentSpread spread{.mean = z.mean(0), .whitening = {}};
  const Tensor centred = z - spread.mean;
  Tensor covariance = centred.t().mm(centred) / static_cast<double>(z.size(0));
  if (codes.logvar.defined())
    covariance += at::diag(codes.logvar.to(at::kCPU, at::kDouble).exp().mean(0));
  const auto [values, vectors] = at::linalg_eigh(covariance);
  const double least = std::max(kLeastVariance * values.mean().item<double>(), 1e-300);
  spread.whitening = vectors / values.clamp_min(least).sqrt();
  return spread;
}

double average_precision(const Tensor& scores, const Tensor& positive) {
  const auto sorted = scores.to(at::kDouble).sort(/*dim=*/0, /*descending=*/true);
  const Tensor hit = positive.index({std::get<1>(sorted)}).to(at::kDouble);
  const auto steps = at::unique_consecutive(std::get<0>(sorted), /*return_inverse=*/false,
                                            /*return_counts=*/true);
  const Tensor taken = std::get<2>(steps).cumsum(0);      // [steps]
  const Tensor found = hit.cumsum(0).index({taken - 1});  // positives so far
  const Tensor gained = at::diff(found, 1, 0, at::zeros({1}, at::kDouble));
  const auto total = positive.sum().item<double>();
  TORCH_CHECK(total > 0 && total < static_cast<double>(positive.numel()),
              "average_precision needs positive and negative examples");
  return (gained * found / taken.to(at::kDouble)).sum().item<double>() / total;
}

}  // namespace latent::space
