#include "space/anomaly.h"
#include "statistics/ranking.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

Tensor yes(const std::vector<int64_t>& list) { return torch::tensor(list).to(torch::kBool); }

TEST(AveragePrecision, ByHand) {
  const Tensor scores = torch::tensor({0.9, 0.8, 0.7, 0.6, 0.5});
  // Found at ranks 1, 3 and 4: precisions 1, 2/3, 3/4.
  EXPECT_NEAR(statistics::average_precision(scores, yes({1, 0, 1, 1, 0})),
              (1 + 2. / 3 + 3. / 4) / 3, 1e-12);
  EXPECT_NEAR(statistics::average_precision(scores, yes({1, 1, 0, 0, 0})), 1, 1e-12);
  EXPECT_NEAR(statistics::average_precision(scores, yes({0, 0, 0, 0, 1})), 0.2, 1e-12);
}

TEST(AveragePrecision, EqualScoresAreOneStep) {
  EXPECT_NEAR(statistics::average_precision(torch::zeros({4}), yes({0, 1, 0, 0})), 0.25, 1e-12);
  // The first step takes two, one of them right; the second the other right one of three.
  const Tensor scores = torch::tensor({2.0, 2.0, 1.0});
  EXPECT_NEAR(statistics::average_precision(scores, yes({0, 1, 1})), (0.5 + 2. / 3) / 2, 1e-12);
  EXPECT_NEAR(statistics::average_precision(scores, yes({1, 0, 1})), (0.5 + 2. / 3) / 2, 1e-12);
}

TEST(LatentSpread, MeasuresInStandardDeviations) {
  // Variances 9 and 1, correlated by a turn of 45 degrees.
  const Tensor raw =
      at::tensor({3.0, 1.0, -3.0, 1.0, 3.0, -1.0, -3.0, -1.0}, at::kDouble).view({4, 2});
  const Tensor turn = at::tensor({1.0, 1.0, -1.0, 1.0}, at::kDouble).view({2, 2}) / std::sqrt(2.0);
  const Tensor z = raw.mm(turn) + 5;
  const auto spread = fit_spread({.z = z, .mean = z, .logvar = {}});
  const Tensor asked =
      at::tensor({0.0, 0.0, 6.0, 0.0, 0.0, 3.0}, at::kDouble).view({3, 2}).mm(turn) + 5;
  expect_tensor_near(spread.distances(asked), at::tensor({0.0, 2.0, 3.0}), 1e-9);
}

TEST(LatentSpread, PosteriorsCountAndNothingIsDividedByZero) {
  // The first latent is not used: means of no spread, posteriors of variance 1.
  Tensor mean = normal({500, 2}).to(at::kDouble);
  mean.select(1, 0) *= 1e-4;
  const Tensor logvar = at::tensor({0.0, -20.0}, at::kDouble).expand({500, 2});
  const auto spread = fit_spread({.z = mean, .mean = mean, .logvar = logvar});
  const Tensor beside = spread.mean + at::tensor({0.01, 0.0}, at::kDouble);
  EXPECT_NEAR(spread.distances(beside.unsqueeze(0)).item<double>(), 0.01, 1e-4);
  const auto still = fit_spread({.z = {}, .mean = at::ones({3, 2}), .logvar = {}});
  EXPECT_EQ(still.distances(at::ones({1, 2})).item<double>(), 0);
}

}  // namespace
}  // namespace latent::space
