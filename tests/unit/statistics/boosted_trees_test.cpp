#include "statistics/boosted_trees.h"

#include <cmath>

#include "unit/expect.h"

namespace latent::statistics {
namespace {

constexpr BoostingOptions kOneStump{.stages = 1, .depth = 1, .rate = 1};

TEST(BoostedTrees, OneStageIsANewtonStepForTwoClasses) {
  // Residuals -1/2 and 1/2, curvature 1/4 each: -2 and 2.
  const Tensor x = torch::tensor({{0.0}, {1.0}, {2.0}, {3.0}});
  const auto model = fit_boosted_trees(x, torch::tensor({0, 0, 1, 1}), 2, kOneStump);
  EXPECT_EQ(model.start, std::vector<double>{0});
  ASSERT_EQ(model.trees.size(), 1U);
  EXPECT_EQ(model.trees[0].value, (std::vector<double>{-2, 2}));
  expect_tensor_near(model.predict(torch::tensor({{1.4}, {1.6}, {-5.0}})), torch::tensor({0, 1, 0}),
                     0);
}

TEST(BoostedTrees, OneStageIsANewtonStepForThreeClasses) {
  // Class 0 starts with probability 1/3: residuals 2/3, -1/3, -1/3, each of curvature 2/9, and
  // steps of (3 - 1) / 3 of 3 to the left of the cut and of -3/2 to the right.
  const Tensor x = torch::tensor({{0.0}, {1.0}, {2.0}});
  const auto model = fit_boosted_trees(x, torch::tensor({0, 1, 2}), 3, kOneStump);
  ASSERT_EQ(model.trees.size(), 3U);
  EXPECT_NEAR(model.start[0], -std::log(3), 1e-12);
  EXPECT_NEAR(model.trees[0].value[0], 2, 1e-12);
  EXPECT_NEAR(model.trees[0].value[1], -1, 1e-12);
}

TEST(BoostedTrees, ImportancesNameTheFeatureThatCounts) {
  const Tensor noise = torch::tensor({3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0});
  const Tensor x = torch::stack({torch::full({8}, 7.0), torch::arange(8.0), noise}, 1);
  const auto model = fit_boosted_trees(x, torch::tensor({0, 0, 1, 1, 1, 1, 2, 2}), 3);
  EXPECT_GT(model.importances[1].item<double>(), 0.9);
  EXPECT_EQ(model.importances[0].item<double>(), 0);
  EXPECT_NEAR(model.importances.sum().item<double>(), 1, 1e-12);
  expect_tensor_near(model.predict(x), torch::tensor({0, 0, 1, 1, 1, 1, 2, 2}), 0);
}

TEST(BoostedTrees, DepthThreeLearnsWhatNoSingleFeatureTells) {
  // Exclusive or of two features: a first cut that gains little, then two that gain all.
  const Tensor x = torch::tensor({{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}, {1.0, 1.0}});
  const Tensor classes = torch::tensor({0, 1, 1, 0, 0});
  expect_tensor_near(fit_boosted_trees(x, classes, 2).predict(x), classes, 0);
}

TEST(BoostedTrees, AClassWithoutExamplesIsNeverPredicted) {
  const Tensor x = torch::arange(6.0).unsqueeze(1);
  const auto model = fit_boosted_trees(x, torch::tensor({0, 0, 2, 2, 0, 2}), 4);
  expect_tensor_near(model.predict(x), torch::tensor({0, 0, 2, 2, 0, 2}), 0);
  const auto alone = fit_boosted_trees(x, torch::zeros({6}, at::kLong), 1);
  expect_tensor_near(alone.predict(x), torch::zeros({6}), 0);
  EXPECT_EQ(alone.importances.sum().item<double>(), 0);
}

}  // namespace
}  // namespace latent::statistics
