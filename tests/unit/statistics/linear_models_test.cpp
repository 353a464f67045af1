#include "statistics/linear_models.h"

#include "statistics/logistic.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(Standardizer, NearlyConstantFeaturesAreNotAmplified) {
  Tensor x = normal({1000, 3}) * at::tensor({2.0F, 1e-6F, 0.0F}) + 7;
  const Tensor standard = Standardizer(x).apply(x);
  expect_tensor_near(standard.mean(0), at::zeros({3}), 1e-4);
  expect_tensor_near(standard.std(0), at::tensor({1.0, 0.0, 0.0}), 1e-2);
}

TEST(Softmax, SeparatesThreeClasses) {
  const Tensor classes = at::arange(300, at::kLong) % 3;
  const Tensor middles = at::tensor({0.0F, 4.0F, 4.0F, -4.0F, -4.0F, -4.0F}).view({3, 2});
  const Tensor x = middles.index_select(0, classes) + 0.5 * normal({300, 2});
  const auto model = fit_softmax(x, classes, 3);
  expect_tensor_near(model.predict(x), classes, 0);
  EXPECT_TRUE(fit_softmax(x, classes, 3).weights.equal(model.weights));
}

TEST(Softmax, WithTwoClassesIsLogisticRegression) {
  const Tensor x = normal({400, 3});
  const Tensor positive = (x.select(1, 0) + normal({400}, 5)).gt(0.3);
  const auto model = fit_softmax(x, positive.to(at::kLong), 2);
  // Both classes have weights here, equal and opposite: their penalty is twice half of the square.
  const auto wanted = fit_logistic(x.to(at::kDouble), positive, at::ones({400}, at::kDouble), 0.5);
  const Tensor found = model.weights.select(1, 1) - model.weights.select(1, 0);
  // The search knows its loss, about log 2 at most, to a float's precision. Around the least loss
  // it grows by half the curvature times the square of the distance.
  const Tensor rows = at::cat({x, at::ones({400, 1})}, 1).to(at::kDouble);
  const Tensor p = at::sigmoid(rows.mv(at::cat({wanted.weights, at::full({1}, wanted.offset)})));
  const Tensor curvature = rows.t().mm(rows * (p * (1 - p)).unsqueeze(1)) / 400;
  const double least = at::linalg_eigvalsh(curvature).min().item<double>();
  const double tolerance = std::sqrt(2 * rounding(std::log(2.0), 1) / least);
  expect_tensor_near(found.narrow(0, 0, 3), wanted.weights, tolerance);
  EXPECT_NEAR(found[3].item<double>(), wanted.offset, tolerance);
}

TEST(Ridge, FindsALineAndShrinksIt) {
  const Tensor x = at::tensor({-1.0, 0.0, 1.0}, at::kDouble).view({3, 1});
  const Tensor y = at::tensor({1.0, 4.0, 7.0}, at::kDouble);
  expect_tensor_near(fit_ridge(x, y, 1e-9).predict(x), y, 1e-6);
  // Sum of squares 2, sum of products 6: the weight is 6 / (2 + penalty).
  expect_tensor_near(fit_ridge(x, y, 1.0).weights, at::tensor({2.0, 4.0}, at::kDouble), 1e-12);
}

}  // namespace
}  // namespace latent::statistics
