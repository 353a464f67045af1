#include "statistics/confidence.h"

#include <cmath>

#include "core/random.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(Confidence, ShareHasWilsonsInterval) {
  const Measured nine = share(9, 10);  // Wilson 1927 by hand: 0.5958 to 0.9821
  EXPECT_DOUBLE_EQ(nine.value, 0.9);
  EXPECT_NEAR(nine.low, 0.59585, 1e-5);
  EXPECT_NEAR(nine.high, 0.98213, 1e-5);
  const Measured all = share(50, 50);
  EXPECT_NEAR(all.low, 0.92866, 1e-4);
  EXPECT_EQ(all.high, 1);
  EXPECT_EQ(share(0, 50).low, 0);
}

TEST(Confidence, ARunningMeanHasANormalInterval) {
  RunningMean mean;
  mean.add(at::tensor({1.0, 2.0}, at::kDouble));
  mean.add(at::tensor({3.0, 6.0, 8.0}, at::kDouble));
  EXPECT_EQ(mean.count(), 5);
  EXPECT_DOUBLE_EQ(mean.mean(), 4);
  // Squared differences 9 + 4 + 1 + 4 + 16 = 34; 1.959964 * sqrt(34 / 4 / 5) = 2.555480.
  const auto ends = mean.around(10);
  ASSERT_TRUE(ends);
  EXPECT_NEAR(ends->low, 10 - 2.555480, 1e-5);
  EXPECT_NEAR(ends->high, 10 + 2.555480, 1e-5);
  RunningMean one;
  one.add(at::tensor({5.0}, at::kDouble), 5.25);
  EXPECT_EQ(one.mean(), 5.25);
  EXPECT_FALSE(one.around(5));
  RunningMean far;  // a sum of squares would lose the differences
  far.add(at::tensor({1e9 + 1, 1e9 + 2, 1e9 + 3}, at::kDouble));
  EXPECT_NEAR(far.around(0)->high, 1.959964 * std::sqrt(1.0 / 3), 1e-5);
}

TEST(Confidence, RSquaredByHandAndByResampling) {
  const Tensor truth = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble);
  const auto of = [&](const Tensor& predicted) {
    return r_squared(truth, predicted, generator(1, Stream::kSample));
  };
  EXPECT_DOUBLE_EQ(of(truth).value, 1);
  EXPECT_DOUBLE_EQ(of(truth.mean().expand({4})).value, 0);
  EXPECT_DOUBLE_EQ(of(truth + 1).value, 1 - 4. / 5);
  EXPECT_TRUE(std::isnan(r_squared(at::ones({4}), truth, generator(1, Stream::kSample)).value));
  const Tensor many = normal({2000}).to(at::kDouble), noisy = many + normal({2000}, 2);
  const Measured found = r_squared(noisy, many, generator(1, Stream::kSample));
  EXPECT_NEAR(found.value, 0.5, 0.05);
  EXPECT_LT(found.low, found.value);
  EXPECT_GT(found.high, found.value);
  EXPECT_NEAR(found.high - found.low, 0.062, 0.02);  // about 4 sqrt(R^2) (1 - R^2) / sqrt(N)
  // Some resamples of three values hold only one of them.
  const auto few =
      r_squared(at::tensor({1.0, 2.0, 4.0}, at::kDouble), at::tensor({1.5, 2.5, 3.0}, at::kDouble),
                generator(0, Stream::kSample));
  EXPECT_TRUE(std::isfinite(few.low) && std::isfinite(few.high));
  EXPECT_LE(few.low, few.value);
  EXPECT_GE(few.high, few.value);
}

}  // namespace
}  // namespace latent::statistics
