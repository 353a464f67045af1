#include "statistics/ranking.h"

#include <vector>

#include "unit/expect.h"

namespace latent::statistics {
namespace {

// Which examples are positive, by 0 and 1.
Tensor positives(const std::vector<int64_t>& list) { return torch::tensor(list).to(torch::kBool); }

TEST(Auroc, CountsPairsAndHalvesTies) {
  const Tensor yes = torch::tensor({0, 0, 1, 1}).to(torch::kBool);
  EXPECT_DOUBLE_EQ(auroc(torch::tensor({1.0, 2.0, 3.0, 4.0}), yes), 1.0);
  EXPECT_DOUBLE_EQ(auroc(torch::tensor({4.0, 3.0, 2.0, 1.0}), yes), 0.0);
  // Pairs (negative, positive): 1<2, 1<3, 2=2, 2<3.
  EXPECT_DOUBLE_EQ(auroc(torch::tensor({1.0, 2.0, 2.0, 3.0}), yes), 3.5 / 4);
  EXPECT_DOUBLE_EQ(auroc(torch::zeros({4}), yes), 0.5);
}

TEST(AveragePrecision, MatchesTheHandWorkedMean) {
  const Tensor scores = torch::tensor({0.9, 0.8, 0.7, 0.6, 0.5});
  // Found at ranks 1, 3 and 4: precisions 1, 2/3, 3/4.
  EXPECT_NEAR(average_precision(scores, positives({1, 0, 1, 1, 0})), (1 + 2. / 3 + 3. / 4) / 3,
              1e-12);
  EXPECT_NEAR(average_precision(scores, positives({1, 1, 0, 0, 0})), 1, 1e-12);
  EXPECT_NEAR(average_precision(scores, positives({0, 0, 0, 0, 1})), 0.2, 1e-12);
}

TEST(AveragePrecision, CountsEqualScoresAsOneStep) {
  EXPECT_NEAR(average_precision(torch::zeros({4}), positives({0, 1, 0, 0})), 0.25, 1e-12);
  // The first step takes two, one of them positive; the second takes the other positive.
  const Tensor scores = torch::tensor({2.0, 2.0, 1.0});
  EXPECT_NEAR(average_precision(scores, positives({0, 1, 1})), (0.5 + 2. / 3) / 2, 1e-12);
  EXPECT_NEAR(average_precision(scores, positives({1, 0, 1})), (0.5 + 2. / 3) / 2, 1e-12);
}

TEST(RankingFigures, KnowHowMuchEachExampleMoves) {
  // Shares of won pairs, in the order of the scores: 1, 3/4, 3/4, 1; less 7/8, by two of a kind.
  const auto area = auroc_figure(torch::tensor({1.0, 2.0, 2.0, 3.0}), positives({0, 0, 1, 1}));
  EXPECT_DOUBLE_EQ(area.value, 7. / 8);
  expect_tensor_near(area.influence,
                     torch::tensor({1 / 16., -1 / 16., -1 / 16., 1 / 16.}, torch::kDouble), 1e-15);
  // Positives at ranks 1, 3, 4. A negative at rank 2 lowers the precisions 2/3 and 3/4 by 2/9 and
  // 3/16; one at rank 5 lowers none. The positive at rank 4 adds its precision less the mean 29/36,
  // and raises it by 1/4 of itself and lowers it by 3/16.
  const auto precision = average_precision_figure(torch::tensor({0.9, 0.8, 0.7, 0.6, 0.5}),
                                                  positives({1, 0, 1, 1, 0}));
  EXPECT_NEAR(precision.value, 29. / 36, 1e-15);
  EXPECT_NEAR(precision.influence[1].item<double>(), -(2. / 9 + 3. / 16) / 3, 1e-15);
  EXPECT_EQ(precision.influence[4].item<double>(), 0);
  EXPECT_NEAR(precision.influence[3].item<double>(), (0.75 - 29. / 36 + 1. / 4 - 3. / 16) / 3,
              1e-15);
  EXPECT_NEAR(precision.influence.sum().item<double>(), 0, 1e-15);
}

TEST(MeanFigure, HasTheIntervalOfItsExamples) {
  const auto figure = auroc_figure(torch::tensor({1.0, 2.0, 2.0, 3.0}), positives({0, 0, 1, 1}));
  // Four squares of 1/16: a standard error of 1/8.
  const auto alone = mean_figure({figure});
  EXPECT_DOUBLE_EQ(alone.value, 0.875);
  EXPECT_NEAR(alone.low, 0.875 - 1.959964 / 8, 1e-6);
  EXPECT_EQ(alone.high, 1);
  // The same examples twice say no more than once.
  EXPECT_DOUBLE_EQ(mean_figure({figure, figure}).low, alone.low);
  // What one gains by an example the other loses: the mean is certain.
  const RankingFigure other{.value = 0.5, .influence = -figure.influence};
  const auto both = mean_figure({figure, other});
  EXPECT_DOUBLE_EQ(both.value, 0.6875);
  EXPECT_DOUBLE_EQ(both.low, 0.6875);
  EXPECT_DOUBLE_EQ(both.high, 0.6875);
}

TEST(MeanDifference, ComparesFiguresOfTheSameExamples) {
  const auto figure = auroc_figure(torch::tensor({1.0, 2.0, 2.0, 3.0}), positives({0, 0, 1, 1}));
  const auto same = mean_difference({figure}, {figure});
  EXPECT_EQ(same.value, 0);
  EXPECT_EQ(same.low, 0);
  const RankingFigure certain{.value = 0.5, .influence = torch::zeros({4}, torch::kDouble)};
  const auto gain = mean_difference({figure}, {certain});
  EXPECT_DOUBLE_EQ(gain.value, 0.375);
  EXPECT_NEAR(gain.low, 0.375 - 1.959964 / 8, 1e-6);
  EXPECT_NEAR(gain.high, 0.375 + 1.959964 / 8, 1e-6);
}

}  // namespace
}  // namespace latent::statistics
