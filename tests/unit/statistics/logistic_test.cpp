#include "statistics/logistic.h"

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(Logistic, MatchesAHandWorkedOptimum) {
  // x = -1 and 1, one image each side: minimise 2 log(1 + exp(-w)) + w^2 / 2, so that
  // w = 2 / (1 + exp(w)): w = 0.6748.
  const Logistic found = fit_logistic(torch::tensor({{-1.0}, {1.0}}, torch::kDouble),
                                      at::tensor({0, 1}).gt(0), at::ones({2}, at::kDouble), 1.0);
  const auto w = found.weights[0].item<double>();
  EXPECT_NEAR(w, 2 / (1 + std::exp(w)), 1e-6);
  EXPECT_NEAR(w, 0.6748, 1e-4);
  EXPECT_NEAR(found.offset, 0, 1e-6);
}

TEST(Logistic, GradientVanishesAtTheOptimum) {
  const Tensor x = normal({500, 4}).to(at::kDouble);
  const Tensor yes = x.select(1, 0) + normal({500}, 3) > 0.7;
  const Tensor weight = at::full({500}, 1.0 / 500, at::kDouble);
  const Logistic found = fit_logistic(x, yes, weight, 0.01);
  const Tensor p = at::sigmoid(x.mv(found.weights) + found.offset);
  const Tensor pull = weight * (p - yes.to(at::kDouble));
  expect_tensor_near(x.t().mv(pull) + 0.01 * found.weights, at::zeros({4}), 1e-6);
  EXPECT_NEAR(pull.sum().item<double>(), 0, 1e-6);
  EXPECT_LT(found.iterations, 15);
}

}  // namespace
}  // namespace latent::statistics
