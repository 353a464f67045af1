#include "space/anomaly.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

TEST(LatentSpread, MeasuresInStandardDeviations) {
  // Variances 9 and 1, correlated by a turn of 45 degrees.
  const Tensor raw =
      at::tensor({3.0, 1.0, -3.0, 1.0, 3.0, -1.0, -3.0, -1.0}, at::kDouble).view({4, 2});
  const Tensor turn = at::tensor({1.0, 1.0, -1.0, 1.0}, at::kDouble).view({2, 2}) / std::sqrt(2.0);
  const Tensor z = raw.mm(turn) + 5;
  const auto spread = fit_spread({.z = z, .code = z});
  const Tensor asked =
      at::tensor({0.0, 0.0, 6.0, 0.0, 0.0, 3.0}, at::kDouble).view({3, 2}).mm(turn) + 5;
  expect_tensor_near(spread.distances(asked), at::tensor({0.0, 2.0, 3.0}), 1e-9);
}

TEST(LatentSpread, PosteriorsCountAndNothingIsDividedByZero) {
  // The first latent is not used: means of no spread, posteriors of variance 1.
  Tensor mean = normal({500, 2}).to(at::kDouble);
  mean.select(1, 0) *= 1e-4;
  const Tensor logvar = at::tensor({0.0, -20.0}, at::kDouble).expand({500, 2});
  const auto spread = fit_spread({.z = mean, .code = mean, .posterior = Posterior{mean, logvar}});
  const Tensor beside = spread.mean + at::tensor({0.01, 0.0}, at::kDouble);
  EXPECT_NEAR(spread.distances(beside.unsqueeze(0)).item<double>(), 0.01, 1e-4);
  const auto still = fit_spread({.z = {}, .code = at::ones({3, 2})});
  EXPECT_EQ(still.distances(at::ones({1, 2})).item<double>(), 0);
}

}  // namespace
}  // namespace latent::space
