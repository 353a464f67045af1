#include "statistics/linear_svm.h"

#include <ATen/ATen.h>

#include <tuple>
#include <utility>

#include "core/parallel.h"

namespace latent::statistics {
namespace {

constexpr int kHingeSteps = 100;
constexpr int kHingeHalvings = 30;
constexpr double kHingeTolerance = 1e-12;  // of the step's predicted gain, relative to the value

/// One class against the rest.
struct HingeProblem {
  const double* x;
  const int64_t* rank;  // of each example's class
  int64_t count;
  int64_t positive;              // the class's rank
  double cost_in, cost_outside;  // of its examples, and of the others

  struct Slopes {
    double value = 0, w = 0, b = 0, ww = 1, wb = 0, bb = 1;
  };

  Slopes at(double w, double b) const {
    Slopes s{.value = (w * w + b * b) / 2, .w = w, .b = b};
    for (int64_t i = 0; i < count; ++i) {
      const bool in = rank[i] == positive;
      const double y = in ? 1 : -1, lack = 1 - y * (w * x[i] + b);
      if (lack <= 0) continue;
      const double cost = in ? cost_in : cost_outside, pull = 2 * cost * y * lack;
      s.value += cost * lack * lack;
      s.w -= pull * x[i];
      s.b -= pull;
      s.ww += 2 * cost * x[i] * x[i];
      s.wb += 2 * cost * x[i];
      s.bb += 2 * cost;
    }
    return s;
  }
};

// Returns w and b at the minimum.
std::pair<double, double> hinge_minimum(const HingeProblem& problem) {
  double w = 0, b = 0;
  auto here = problem.at(w, b);
  for (int step = 0; step < kHingeSteps; ++step) {
    const double determinant = here.ww * here.bb - here.wb * here.wb;
    const double dw = (here.bb * here.w - here.wb * here.b) / determinant;
    const double db = (here.ww * here.b - here.wb * here.w) / determinant;
    if (!(here.w * dw + here.b * db > kHingeTolerance * here.value)) break;
    double length = 1;
    auto next = problem.at(w - dw, b - db);
    for (int i = 0; i < kHingeHalvings && !(next.value < here.value); ++i) {
      length /= 2;
      next = problem.at(w - length * dw, b - length * db);
    }
    if (!(next.value < here.value)) break;
    w -= length * dw;
    b -= length * db;
    here = next;
  }
  return {w, b};
}

}  // namespace

Tensor LineSvm::predict(const Tensor& x) const {
  expect_shape(x, {-1}, "numbers");
  if (classes.numel() == 1) return classes.expand({x.numel()}).clone();
  const Tensor scores = at::addmm(offset.unsqueeze(0), x.to(at::kDouble).unsqueeze(1),
                                  slope.unsqueeze(0));  // [M, C]
  const Tensor best =
      scores.size(1) == 1 ? scores.select(1, 0).gt(0).to(at::kLong) : scores.argmax(1);
  return classes.index_select(0, best);
}

LineSvm fit_line_svm(const Tensor& x, const Tensor& classes, double cost) {
  expect_shape(x, {-1}, "numbers");
  expect_shape(classes, {x.size(0)}, "classes");
  const auto [values, ranks, counts] =
      at::_unique2(classes, /*sorted=*/true, /*return_inverse=*/true, /*return_counts=*/true);
  const int64_t width = values.numel(), models = width == 2 ? 1 : width;
  const Tensor numbers = x.to(at::kDouble).contiguous(), rank = ranks.contiguous();
  const Tensor weighted =
      cost * static_cast<double>(x.numel()) / (static_cast<double>(width) * counts.to(at::kDouble));
  LineSvm model{.slope = at::zeros({models}, at::kDouble),
                .offset = at::zeros({models}, at::kDouble),
                .classes = values};
  const auto* costs = weighted.const_data_ptr<double>();
  auto* slope = model.slope.mutable_data_ptr<double>();
  auto* offset = model.offset.mutable_data_ptr<double>();
  const HingeProblem whole{.x = numbers.const_data_ptr<double>(),
                           .rank = rank.const_data_ptr<int64_t>(),
                           .count = x.numel(),
                           .positive = 1,
                           .cost_in = 0,
                           .cost_outside = 0};
  parallel_for(width == 1 ? 0 : models, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      HingeProblem problem = whole;
      problem.positive = width == 2 ? 1 : c;
      problem.cost_in = costs[problem.positive];
      problem.cost_outside = width == 2 ? costs[0] : cost;
      std::tie(slope[c], offset[c]) = hinge_minimum(problem);
    }
  });
  return model;
}

}  // namespace latent::statistics
