#include "statistics/group_test.h"

#include "statistics/student.h"
#include "unit/expect.h"

namespace latent::statistics {
namespace {

Tensor figures(const std::vector<std::vector<double>>& rows) {
  std::vector<Tensor> all;
  for (const auto& row : rows)
    all.push_back(torch::tensor(row, torch::kDouble));
  return torch::stack(all);
}

// Differences 1, 2, 3, 2: mean 2, variance 2/3, standard error sqrt(1/6), t = 2 sqrt 6.
TEST(GroupTest, OfTwoModelsIsThePairedTTest) {
  const auto found = compare_groups(figures({{5, 1, 7, 3}}), figures({{6, 3, 10, 5}}));
  EXPECT_DOUBLE_EQ(found.value, 2);
  ASSERT_TRUE(found.images);
  EXPECT_NEAR(found.images->p, 0.016276, 1e-6);
  EXPECT_NEAR(found.images->low, 2 - 3.182446 * std::sqrt(1.0 / 6), 1e-6);
  EXPECT_NEAR(found.images->high, 2 + 3.182446 * std::sqrt(1.0 / 6), 1e-6);
  EXPECT_FALSE(found.seeds) << "one model of each says nothing about other seeds";
}

// The models' means are 0, 2 and 4, 6: pooled variance 2, standard error sqrt 2, t = 2 sqrt 2 with
// 2 degrees of freedom, p = 1 - t / sqrt(t^2 + 2).
TEST(GroupTest, OfSeveralModelsKnowsWhatSeedsDo) {
  const auto found =
      compare_groups(figures({{0, 0, 0}, {2, 2, 2}}), figures({{4, 4, 4}, {6, 6, 6}}));
  EXPECT_DOUBLE_EQ(found.value, 4);
  EXPECT_EQ(found.images->p, 0) << "every image has the same difference";
  ASSERT_TRUE(found.seeds);
  EXPECT_NEAR(found.seeds->p, 1 - std::sqrt(8.0 / 10), 1e-12);
  EXPECT_NEAR(found.seeds->high, 4 + 4.302653 * std::sqrt(2.0), 1e-5);
}

// Variances of 2 between seeds (2 degrees of freedom) and of 24 / 3 / 4 = 2 between images (3):
// together 4 with 4^2 / (2^2 / 2 + 2^2 / 3) = 4.8 degrees of freedom.
TEST(GroupTest, AddsTheVarianceOfImages) {
  const double r = std::sqrt(3);
  const auto found = compare_groups(figures({{0, 0, 0, 0}, {2, 2, 2, 2}}),
                                    figures({{7, 1, 4 + r, 4 - r}, {9, 3, 6 + r, 6 - r}}));
  EXPECT_DOUBLE_EQ(found.value, 4);
  ASSERT_TRUE(found.seeds);
  EXPECT_NEAR(found.seeds->p, student_p(2, 4.8), 1e-12);
  EXPECT_NEAR(found.seeds->low, 4 - 2 * student_quantile(4.8), 1e-9);
}

TEST(GroupTest, OfEqualModelsFindsNothing) {
  const auto found = compare_groups(figures({{1, 2}, {1, 2}}), figures({{1, 2}}));
  EXPECT_EQ(found.value, 0);
  EXPECT_EQ(found.images->p, 1);
  EXPECT_EQ(found.seeds->p, 1);
  EXPECT_FALSE(compare_groups(figures({{1}}), figures({{2}})).images) << "of a single image";
}

// Sorted 0.01, 0.03, 0.04: times 3, 2 and 1, and never less than the one before.
TEST(Holm, MultipliesByTheNumberOfTestsLeft) {
  const auto adjusted = holm({0.01, 0.04, NAN, 0.03});
  EXPECT_DOUBLE_EQ(adjusted[0], 0.03);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.06);
  EXPECT_TRUE(std::isnan(adjusted[2]));
  EXPECT_DOUBLE_EQ(adjusted[3], 0.06);
  EXPECT_EQ(holm({0.7, 0.6}), (std::vector<double>{1, 1}));
}

}  // namespace
}  // namespace latent::statistics
