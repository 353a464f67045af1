#include "statistics/kernel_distance.h"

#include "core/random.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

at::Generator subsets(uint64_t seed) { return generator(seed, Stream::kSample); }

TEST(KernelDistance, IsTheDiscrepancyWorkedOutByHand) {
  // One feature, kernel (xy + 1)^3: between 0 and 1 it is 1, between 1 and 2 it is 27, between 0
  // and 2 it is 1. Pairs within: k(0, 1) = 1, k(1, 2) = 27; across: 1, 1, 8, 27.
  const Tensor a = at::tensor({0.0, 1.0}).view({2, 1}), b = at::tensor({1.0, 2.0}).view({2, 1});
  EXPECT_NEAR(squared_discrepancy(a, b), 1 + 27 - 2 * (1 + 1 + 8 + 27) / 4.0, 1e-12);
  // Two features: the products are divided by 2.
  const Tensor c = at::eye(2);
  EXPECT_NEAR(squared_discrepancy(c, c), 1 + 1 - 2 * (1 + 1 + 2 * 1.5 * 1.5 * 1.5) / 4, 1e-12);
}

TEST(KernelDistance, OfEqualDistributionsLiesAroundZero) {
  const auto found = kernel_distance(normal({4000, 3}, 1), normal({4000, 3}, 2), subsets(1));
  EXPECT_EQ(found.size, 1000);
  EXPECT_LE(found.interval.low, 0);
  EXPECT_GE(found.interval.high, 0);
  EXPECT_LT(std::abs(found.value), 0.02);
  const auto apart = kernel_distance(normal({4000, 3}, 1), normal({4000, 3}, 2) + 0.5, subsets(1));
  EXPECT_GT(apart.interval.low, found.interval.high);
}

TEST(KernelDistance, IsTheSameForASeedAndTakesHalfOfASmallSet) {
  const Tensor a = normal({30, 2}, 1), b = normal({40, 2}, 2);
  const auto one = kernel_distance(a, b, subsets(1)), other = kernel_distance(a, b, subsets(1));
  EXPECT_EQ(one.value, other.value);
  EXPECT_EQ(one.size, 15);
  EXPECT_GT(one.deviation, 0);
  EXPECT_NE(one.value, kernel_distance(a, b, subsets(2)).value);
}

}  // namespace
}  // namespace latent::statistics
