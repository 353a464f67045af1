#include "statistics/logistic.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::statistics {
namespace {

constexpr int64_t kMaxIterations = 50;
constexpr int64_t kMaxHalvings = 30;
constexpr double kTolerance = 1e-14;  // of the step's predicted gain
constexpr int64_t kRows = 16384;      // summed at once: bounds the memory

// The problem, with a column of ones for the offset, which is not penalised.
struct Problem {
  Tensor x;        // [N, K]
  Tensor sign;     // [N]: 1 or -1
  Tensor weight;   // [N]
  Tensor penalty;  // [K + 1]

  int64_t parameters() const { return x.size(1) + 1; }

  Tensor log_odds(const Tensor& w) const {  // [N]
    return at::addmv(w[-1].expand({x.size(0)}), x, w.narrow(0, 0, x.size(1)));
  }

  double value(const Tensor& w) const {
    const Tensor losses = at::softplus(-sign * log_odds(w));
    return (weight.dot(losses) + 0.5 * (penalty * w).dot(w)).item<double>();
  }

  // Returns the gradient and the Hessian at w.
  std::pair<Tensor, Tensor> slopes(const Tensor& w) const {
    const Tensor p = at::sigmoid(log_odds(w));
    const Tensor pull = weight * (p - (sign > 0).to(at::kDouble));
    const Tensor curve = weight * p * (1 - p);
    Tensor gradient = penalty * w;
    Tensor hessian = at::diag(penalty);
    for (int64_t first = 0; first < x.size(0); first += kRows) {
      const int64_t count = std::min(kRows, x.size(0) - first);
      const Tensor rows =
          at::cat({x.narrow(0, first, count), at::ones({count, 1}, at::kDouble)}, 1);
      gradient += rows.t().mv(pull.narrow(0, first, count));
      hessian += rows.t().mm(rows * curve.narrow(0, first, count).unsqueeze(1));
    }
    return {gradient, hessian};
  }
};

}  // namespace

Logistic fit_logistic(const Tensor& x, const Tensor& positive, const Tensor& weight,
                      double penalty) {
  expect_shape(x, {-1, -1}, "features");
  Problem problem{.x = x.to(at::kDouble),
                  .sign = at::where(positive, 1.0, -1.0).to(at::kDouble),
                  .weight = weight,
                  .penalty = at::full({x.size(1) + 1}, penalty, at::kDouble)};
  problem.penalty[-1] = 1e-12;  // tiny, so that the Hessian stays invertible
  Tensor w = at::zeros({problem.parameters()}, at::kDouble);
  double value = problem.value(w);
  Logistic result;
  for (; result.iterations < kMaxIterations; ++result.iterations) {
    const auto [gradient, hessian] = problem.slopes(w);
    const Tensor step = at::linalg_solve(hessian, gradient);
    const auto gain = gradient.dot(step).item<double>();
    if (!(gain > kTolerance)) break;
    double length = 1, next = problem.value(w - step);
    for (int64_t i = 0; i < kMaxHalvings && !(next < value); ++i) {
      length /= 2;
      next = problem.value(w - length * step);
    }
    if (!(next < value)) break;
    w = w - length * step;
    value = next;
  }
  result.weights = w.narrow(0, 0, x.size(1)).clone();
  result.offset = w[-1].item<double>();
  return result;
}

}  // namespace latent::statistics
