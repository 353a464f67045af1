#include "statistics/confidence.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace latent::statistics {
namespace {

constexpr double kNormal = 1.959963984540054;  // its 97.5% quantile
constexpr int64_t kResamples = 1000;

// Returns 1 - residual variance / variance, NaN if the truth does not vary.  truth, residual: [N].
double explained(const Tensor& truth, const Tensor& residual) {
  const auto spread = at::square(truth - truth.mean()).sum().item<double>();
  return spread > 0 ? 1 - at::square(residual).sum().item<double>() / spread : std::nan("");
}

}  // namespace

Measured share(int64_t hits, int64_t trials) {
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n, z2 = kNormal * kNormal;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kNormal / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {p, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Measured r_squared(const Tensor& truth, const Tensor& predicted, at::Generator noise) {
  const Tensor y = truth.to(at::kDouble), residual = y - predicted.to(at::kDouble);
  if (!(y.max() > y.min()).item<bool>()) return {std::nan(""), std::nan(""), std::nan("")};
  Tensor drawn = at::empty({kResamples}, at::kDouble);
  for (int64_t i = 0; i < kResamples; ++i) {
    const Tensor rows = at::randint(y.numel(), {y.numel()}, noise, at::kLong);
    drawn[i] = explained(y.index_select(0, rows), residual.index_select(0, rows));
  }
  const Tensor ends = at::nanquantile(drawn, at::tensor({0.025, 0.975}, at::kDouble));
  return {explained(y, residual), ends[0].item<double>(), ends[1].item<double>()};
}

}  // namespace latent::statistics
