#include "statistics/frechet.h"

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

Moments gaussian_with(std::vector<double> mean, std::vector<double> covariance) {
  const auto d = static_cast<int64_t>(mean.size());
  return {.count = 100,
          .mean = at::tensor(mean, at::kDouble),
          .covariance = at::tensor(covariance, at::kDouble).view({d, d})};
}

TEST(Frechet, IsTheDistanceWorkedOutByHand) {
  // Diagonal: |m|^2 = 9 + 16, and (1 - 2)^2 + (3 - 1)^2 of the standard deviations.
  EXPECT_NEAR(
      frechet_distance(gaussian_with({0, 0}, {1, 0, 0, 9}), gaussian_with({3, 4}, {4, 0, 0, 1})),
      25 + 1 + 4, 1e-12);
  // Covariances that do not commute: the product [[2, 1], [1, 2]] [[1, 0], [0, 4]] has trace 10 and
  // determinant 12, so the trace of its root is sqrt(10 + 2 sqrt(12)).
  EXPECT_NEAR(
      frechet_distance(gaussian_with({0, 0}, {2, 1, 1, 2}), gaussian_with({0, 0}, {1, 0, 0, 4})),
      4 + 5 - 2 * std::sqrt(10 + 2 * std::sqrt(12.0)), 1e-12);
}

TEST(Frechet, IsZeroForEqualSetsEvenWithAConstantFeature) {
  const Tensor x = at::cat({normal({200, 4}), at::full({200, 1}, 3.0)}, 1);
  EXPECT_NEAR(frechet(x, "a", x, "b").value, 0, 1e-6);
}

TEST(Frechet, MomentsAreThoseOfASample) {
  const Moments found =
      moments(at::tensor({1e6 + 0.0, 0.0, 1e6 + 2.0, 4.0}, at::kDouble).view({2, 2}));
  expect_tensor_near(found.mean, at::tensor({1e6 + 1.0, 2.0}, at::kDouble), 1e-9);
  expect_tensor_near(found.covariance, at::tensor({2.0, 4.0, 4.0, 8.0}, at::kDouble).view({2, 2}),
                     1e-9);
}

TEST(Frechet, RefusesTooFewSamples) {
  const Tensor few = normal({4, 4}), enough = normal({5, 4}, 2);
  expect_error([&] { frechet(few, "samples", enough, "images"); },
               "4 samples: too few for the covariance of 4 features; expected 5 or more");
  expect_error([&] { frechet(enough, "samples", few, "images"); },
               "4 images: too few for the covariance of 4 features; expected 5 or more");
  EXPECT_FALSE(frechet(enough, "samples", enough, "images").interval.has_value());
}

TEST(Frechet, TheIntervalHoldsTheTrueDistanceMostOfTheTime) {
  int64_t held = 0;
  double width = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const auto found = frechet(normal({2000, 2}, 2 * seed + 1), "a",
                               normal({2000, 2}, 2 * seed + 2) + 1, "b");  // 1 + 1 apart
    held += found.interval->low <= 2 && 2 <= found.interval->high;
    width += (found.interval->high - found.interval->low) / 40;
  }
  EXPECT_GE(held, 33);
  // The distance is about 2 * sqrt(2) times a normal number of variance 2 / 2000: +- 0.18 wide.
  EXPECT_NEAR(width, 0.35, 0.1);
}

}  // namespace
}  // namespace latent::statistics
