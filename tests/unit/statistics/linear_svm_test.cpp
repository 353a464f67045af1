#include "statistics/linear_svm.h"

#include "unit/expect.h"

namespace latent::statistics {
namespace {

TEST(LineSvm, MatchesAHandWorkedOptimum) {
  // Both classes weigh 1/4: minimise w^2 / 2 + 2/4 (1 - w)^2, so w = 1 - w.
  const auto model = fit_line_svm(torch::tensor({-1.0, 1.0}), torch::tensor({3, 5}), 0.25);
  EXPECT_NEAR(model.slope.item<double>(), 0.5, 1e-9);
  EXPECT_NEAR(model.offset.item<double>(), 0, 1e-9);
  expect_tensor_near(model.predict(torch::tensor({0.3, -0.3})), torch::tensor({5, 3}), 0);
}

TEST(LineSvm, PenalisesTheOffsetAndWeighsClassesAlike) {
  // x says nothing. Three examples of class 0 weigh 4/6, one of class 1 weighs 2, so both sides
  // weigh the same and b is 0; without weights the class of three would win.
  const auto model = fit_line_svm(torch::zeros({4}), torch::tensor({0, 0, 0, 1}), 1);
  EXPECT_NEAR(model.offset.item<double>(), 0, 1e-9);
}

TEST(LineSvm, HasAScoreForEachOfThreeClasses) {
  const Tensor x = torch::tensor({-3.0, -2.8, 0.1, -0.1, 2.9, 3.1});
  const Tensor classes = torch::tensor({0, 0, 1, 1, 2, 2});
  const auto model = fit_line_svm(x, classes, 1);
  EXPECT_EQ(model.slope.numel(), 3);
  const Tensor found = model.predict(torch::tensor({-4.0, 4.0}));
  expect_tensor_near(found, torch::tensor({0, 2}), 0);
  const auto alone = fit_line_svm(x, torch::full({6}, 4, at::kLong), 1);
  expect_tensor_near(alone.predict(torch::tensor({1.0})), torch::tensor({4}), 0);
}

}  // namespace
}  // namespace latent::statistics
