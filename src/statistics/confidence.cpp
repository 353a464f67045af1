#include "statistics/confidence.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace latent::statistics {
namespace {

constexpr int64_t kResamples = 1000;

// Returns 1 - residual variance / variance, NaN if the truth does not vary.  truth, residual: [N].
double explained(const Tensor& truth, const Tensor& residual) {
  const auto spread = at::square(truth - truth.mean()).sum().item<double>();
  return spread > 0 ? 1 - at::square(residual).sum().item<double>() / spread : std::nan("");
}

}  // namespace

void RunningMean::add(const Tensor& numbers) { add(numbers, numbers.sum().item<double>()); }

// The differences are summed around each batch's own mean and then moved to the common one, which
// keeps the digits that a sum of squares would lose. Source: Chan et al. 1979.
void RunningMean::add(const Tensor& numbers, double sum) {
  const Tensor values = numbers.to(at::kDouble);
  const auto before = static_cast<double>(count_), added = static_cast<double>(values.numel());
  const auto mean = values.mean().item<double>();
  const double step = mean - centre_, all = before + added;
  squares_ += at::square(values - mean).sum().item<double>() + step * step * before * added / all;
  centre_ += step * added / all;
  count_ += values.numel();
  sum_ += sum;
  parts_.push_back(values.to(at::kCPU).flatten());
}

Tensor RunningMean::each() const {
  return parts_.empty() ? at::empty({0}, at::kDouble) : at::cat(parts_);
}

std::optional<Interval> RunningMean::around(double value) const {
  if (count_ < 2) return std::nullopt;
  const auto n = static_cast<double>(count_);
  const double half = kNormalQuantile * std::sqrt(squares_ / (n - 1) / n);
  return Interval{value - half, value + half};
}

Measured share(int64_t hits, int64_t trials) {
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n, z2 = kNormalQuantile * kNormalQuantile;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half =
      kNormalQuantile / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // At the ends the bound is exact, which rounding would miss.
  return {p, hits == 0 ? 0 : std::max(0.0, middle - half),
          hits == trials ? 1 : std::min(1.0, middle + half)};
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
