#include "statistics/flagging.h"

#include <vector>

#include "unit/expect.h"

namespace latent::statistics {
namespace {

Tensor are_positive(const std::vector<int64_t>& list) {
  return torch::tensor(list).to(torch::kBool);
}

TEST(Flagging, CountsWhatLiesAboveTheThreshold) {
  const Tensor scores = torch::tensor({1.0, 2.0, 3.0, 4.0});
  const auto half = flagged_above(scores, are_positive({0, 1, 0, 1}), 2.5);
  EXPECT_EQ(half.hits, 1);
  EXPECT_EQ(half.false_alarms, 1);
  EXPECT_EQ(half.missed, 1);
  EXPECT_DOUBLE_EQ(*half.precision(), 0.5);
  EXPECT_DOUBLE_EQ(*half.recall(), 0.5);
  EXPECT_DOUBLE_EQ(half.f1(), 0.5);
  const auto more = flagged_above(scores, are_positive({0, 1, 1, 1}), 1.0);  // the 1 itself is not
  EXPECT_DOUBLE_EQ(*more.precision(), 1);
  EXPECT_DOUBLE_EQ(*more.recall(), 1);
  EXPECT_DOUBLE_EQ(more.f1(), 1);
  const auto one = flagged_above(scores, are_positive({1, 1, 1, 1}), 3.0);
  EXPECT_DOUBLE_EQ(one.f1(), 0.4);  // 2 * 1 / (2 + 0 + 3)
}

TEST(Flagging, HasNoPrecisionOfNothingAndNoRecallOfNothing) {
  const Tensor scores = torch::tensor({1.0, 2.0});
  const auto none = flagged_above(scores, are_positive({0, 1}), 9);
  EXPECT_FALSE(none.precision().has_value());
  EXPECT_DOUBLE_EQ(*none.recall(), 0);
  EXPECT_EQ(none.f1(), 0);
  const auto negative = flagged_above(scores, are_positive({0, 0}), 1.5);
  EXPECT_DOUBLE_EQ(*negative.precision(), 0);
  EXPECT_FALSE(negative.recall().has_value());
}

TEST(BestF1, LiesHalfwayBetweenTwoScores) {
  // Flagging 1, 2, 3 or 4 of them: F1 2/3, 2/4, 4/5, 4/6.
  EXPECT_DOUBLE_EQ(
      best_f1_threshold(torch::tensor({2.0, 4.0, 1.0, 3.0}), are_positive({1, 1, 0, 0})), 1.5);
}

TEST(BestF1, FlagsLeastOfEquals) {
  // One of 1 and two of 4 both give 2/3.
  EXPECT_DOUBLE_EQ(
      best_f1_threshold(torch::tensor({1.0, 2.0, 3.0, 4.0, 5.0}), are_positive({0, 1, 0, 0, 1})),
      4.5);
}

TEST(BestF1, FlagsEqualScoresTogetherAndAllIfThatIsBest) {
  // The three scores of 2 cannot be told apart: 2/4 for them, 4/6 for all, 0 for none.
  const Tensor scores = torch::tensor({2.0, 2.0, 2.0, 1.0});
  const Tensor positive = are_positive({1, 0, 0, 1});
  const double threshold = best_f1_threshold(scores, positive);
  EXPECT_LT(threshold, 1);
  EXPECT_GT(threshold, 0.999);
  EXPECT_DOUBLE_EQ(flagged_above(scores, positive, threshold).f1(), 4. / 6);
}

TEST(BestF1, SeparatesNeighbouringNumbers) {
  const double next = std::nextafter(1.0, 2.0);
  const Tensor scores = torch::tensor({1.0, next}, torch::kDouble);
  EXPECT_EQ(best_f1_threshold(scores, are_positive({0, 1})), 1.0);
}

}  // namespace
}  // namespace latent::statistics
