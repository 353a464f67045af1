#include "statistics/correlation_ratio.h"

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(CorrelationRatio, IsWhatTheGroupsExplain) {
  // Sums of squares: 16 between, 4 within the pairs {0, 2} and {4, 6}; 1 - (4 / 2) / (20 / 3).
  const Tensor x = torch::tensor({0.0, 2.0, 4.0, 6.0}).unsqueeze(1);
  EXPECT_NEAR(correlation_ratio(x, torch::tensor({0, 0, 1, 1})), 0.7, 1e-9);
  // Left out: the point whose group is unknown.
  const Tensor more = torch::tensor({0.0, 2.0, 4.0, 6.0, 99.0}).unsqueeze(1);
  EXPECT_NEAR(correlation_ratio(more, torch::tensor({0, 0, 1, 1, -1})), 0.7, 1e-9);
  EXPECT_EQ(correlation_ratio(x, torch::tensor({0, 0, 0, 0})), 0);
  EXPECT_EQ(correlation_ratio(x, torch::tensor({0, 1, 2, 3})), 0);
}

TEST(CorrelationRatio, ManyGroupsExplainNothingByChance) {
  const Tensor x = normal({600, 2}, 1);
  EXPECT_NEAR(correlation_ratio(x, torch::arange(600) % 200), 0, 0.1);
  EXPECT_GT(correlation_ratio(x, x.select(1, 0).gt(0).to(torch::kLong)), 0.25);
}

TEST(CorrelationRatio, NumbersFormGroupsOfEqualSize) {
  const Tensor groups = quantile_groups(
      torch::tensor({1.0, 2.0, 3.0, 4.0, std::nan(""), 5.0, 6.0}, torch::kDouble), 3);
  EXPECT_TRUE(torch::equal(groups, torch::tensor({0, 0, 1, 1, -1, 2, 2})));
}

}  // namespace
}  // namespace latent::statistics
