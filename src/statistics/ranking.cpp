#include "statistics/ranking.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace latent::statistics {
namespace {

// The different scores in order, and what is at each of them.
struct Steps {
  Tensor of_each;  // [N] int64: the step of each example
  Tensor hits;     // [S] float64: positive examples
  Tensor taken;    // [S] float64: all examples
  double positives = 0, negatives = 0;
};

Steps steps_of(const Tensor& scores, const Tensor& positive, bool descending) {
  const auto sorted = scores.to(at::kDouble).sort(/*dim=*/0, descending);
  const auto unique = at::unique_consecutive(std::get<0>(sorted), /*return_inverse=*/true,
                                             /*return_counts=*/true);
  const Tensor& order = std::get<1>(sorted);
  Steps steps{.of_each = at::empty_like(order).scatter_(0, order, std::get<1>(unique)),
              .hits = {},
              .taken = std::get<2>(unique).to(at::kDouble)};
  steps.hits = at::zeros_like(steps.taken).scatter_add_(0, steps.of_each, positive.to(at::kDouble));
  steps.positives = steps.hits.sum().item<double>();
  steps.negatives = static_cast<double>(scores.numel()) - steps.positives;
  TORCH_CHECK(steps.positives > 0 && steps.negatives > 0,
              "a ranking needs positive and negative examples");
  return steps;
}

Tensor from_the_end(const Tensor& x) { return x.flip(0).cumsum(0).flip(0); }

// value +- 1.96 standard errors.  influence: [N], of one example more.
Measured within_unit(double value, const Tensor& influence) {
  const double half = kNormalQuantile * std::sqrt(at::square(influence).sum().item<double>());
  return {value, std::max(0.0, value - half), std::min(1.0, value + half)};
}

}  // namespace

double auroc(const Tensor& scores, const Tensor& positive) {
  return auroc_figure(scores, positive).value;
}

double average_precision(const Tensor& scores, const Tensor& positive) {
  return average_precision_figure(scores, positive).value;
}

// An example's own share of won pairs, less the mean share.
RankingFigure auroc_figure(const Tensor& scores, const Tensor& positive) {
  const Steps steps = steps_of(scores, positive, /*descending=*/false);
  const Tensor misses = steps.taken - steps.hits;
  const Tensor below = misses.cumsum(0) - misses / 2;              // negatives that lose
  const Tensor above = from_the_end(steps.hits) - steps.hits / 2;  // positives that win
  const double value =
      (below * steps.hits).sum().item<double>() / (steps.positives * steps.negatives);
  const Tensor wins = at::where(positive, (below / steps.negatives).index({steps.of_each}),
                                (above / steps.positives).index({steps.of_each}));
  const Tensor share = at::where(positive, at::full({1}, 1 / steps.positives, at::kDouble),
                                 at::full({1}, 1 / steps.negatives, at::kDouble));
  return {value, (wins - value) * share};
}

// With weights w the figure is sum over steps of h T / R, divided by the sum of all h, where h is
// the weight of a step's positives, T that of the positives so far, and R that of all so far. An
// example counts in T and R of its own step and of those after it.
RankingFigure average_precision_figure(const Tensor& scores, const Tensor& positive) {
  const Steps steps = steps_of(scores, positive, /*descending=*/true);
  const Tensor so_far = steps.taken.cumsum(0), found = steps.hits.cumsum(0);
  const Tensor precision = found / so_far;
  const double value = (steps.hits * precision).sum().item<double>() / steps.positives;
  const Tensor by_found = from_the_end(steps.hits / so_far);
  const Tensor by_taken = from_the_end(steps.hits * precision / so_far);
  const Tensor of_positive = (precision - value + by_found - by_taken).index({steps.of_each});
  const Tensor of_negative = by_taken.neg().index({steps.of_each});
  return {value, at::where(positive, of_positive, of_negative) / steps.positives};
}

Measured mean_figure(const std::vector<RankingFigure>& figures) {
  TORCH_CHECK(!figures.empty(), "a mean needs figures");
  const auto count = static_cast<double>(figures.size());
  double value = 0;
  Tensor influence = at::zeros_like(figures.front().influence);
  for (const auto& figure : figures) {
    value += figure.value / count;
    influence += figure.influence / count;
  }
  return within_unit(value, influence);
}

Measured mean_difference(const std::vector<RankingFigure>& a, const std::vector<RankingFigure>& b) {
  TORCH_CHECK(a.size() == b.size() && !a.empty(), "a difference needs as many figures");
  const auto count = static_cast<double>(a.size());
  double value = 0;
  Tensor influence = at::zeros_like(a.front().influence);
  for (size_t i = 0; i < a.size(); ++i) {
    value += (a[i].value - b[i].value) / count;
    influence += (a[i].influence - b[i].influence) / count;
  }
  const double half = kNormalQuantile * std::sqrt(at::square(influence).sum().item<double>());
  return {value, value - half, value + half};
}

}  // namespace latent::statistics
