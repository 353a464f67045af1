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

}  // namespace
}  // namespace latent::statistics
