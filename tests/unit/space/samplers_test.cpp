#include "space/samplers.h"

#include <cmath>

#include "core/random.h"
#include "unit/expect.h"

namespace latent::space {
namespace {

at::Generator fresh_noise() { return generator(3, Stream::kSample); }

Latent gaussian(const Tensor& mean, const Tensor& logvar) {
  return {.z = mean, .code = mean, .posterior = Posterior{mean, logvar}};
}

TEST(Samplers, BoxReachesFromTheLeastCodeToTheLargest) {
  const Tensor codes = at::tensor({-1.0f, 10.0f, 3.0f, 20.0f, 0.0f, 14.0f}).view({3, 2});
  auto draws = fresh_noise();
  const Tensor z = sample_box(codes, 5000, 1.0, draws);
  expect_tensor_near(z.amin(0), at::tensor({-1.0, 10.0}), 0.05);
  expect_tensor_near(z.amax(0), at::tensor({3.0, 20.0}), 0.05);
  expect_tensor_near(sample_box(codes, 2, 0.0, draws),
                     at::tensor({1.0, 15.0, 1.0, 15.0}).view({2, 2}), 0);
}

TEST(Samplers, InBoxMapsTheUnitBoxToItsCorners) {
  const Tensor low = at::tensor({-1.0f, 10.0f}), high = at::tensor({3.0f, 20.0f});
  const Tensor unit = at::tensor({-1.0f, -1.0f, 1.0f, 1.0f, 0.0f, 0.5f, 2.0f, 0.0f}).view({4, 2});
  expect_tensor_near(in_box(unit, low, high),
                     at::tensor({-1.0f, 10.0f, 3.0f, 20.0f, 1.0f, 17.5f, 5.0f, 15.0f}).view({4, 2}),
                     0);
}

TEST(Samplers, PosteriorDrawsImagesAndTheirNoise) {
  // Two images far apart, of variances 1/4 and 4.
  const Tensor mean = at::tensor({-100.0f, 100.0f}).view({2, 1});
  const Tensor logvar = at::tensor({std::log(0.25f), std::log(4.0f)}).view({2, 1});
  auto draws = fresh_noise();
  const Tensor z = sample_posterior(gaussian(mean, logvar), 20'000, 1.0, draws).squeeze(1);
  const Tensor left = z.masked_select(z < 0), right = z.masked_select(z > 0);
  EXPECT_NEAR(static_cast<double>(left.numel()), 10'000, 300);
  EXPECT_NEAR(left.std().item<double>(), 0.5, 0.02);
  EXPECT_NEAR(right.std().item<double>(), 2.0, 0.05);
  const Tensor still = sample_posterior(gaussian(mean, logvar), 100, 0.0, draws).abs();
  expect_tensor_near(still, at::full({100, 1}, 100.0), 0);
}

TEST(Samplers, CodesWithoutAVarianceAreTakenAsTheyAre) {
  const Tensor mean = at::tensor({1.0f, 2.0f, 3.0f}).view({3, 1});
  auto draws = fresh_noise();
  const Tensor z = sample_posterior({.z = mean, .code = mean}, 50, 1.0, draws);
  EXPECT_TRUE(z.eq(1).logical_or(z.eq(2)).logical_or(z.eq(3)).all().item<bool>());
  EXPECT_TRUE(sample_each({.z = mean, .code = mean}, draws).equal(mean));
}

TEST(Samplers, EachImageGetsOneLatent) {
  auto draws = fresh_noise();
  const Tensor mean = at::zeros({20'000, 1});
  const Tensor z = sample_each(gaussian(mean, at::full({20'000, 1}, std::log(9.0))), draws);
  EXPECT_EQ(z.sizes(), mean.sizes());
  EXPECT_NEAR(z.std().item<double>(), 3.0, 0.06);
}

TEST(Samplers, NormalGridHasTheQuantilesOfTheTables) {
  // Middles of five steps: 10%, 30%, 50%, 70%, 90%.
  const Tensor grid = normal_grid(5);
  EXPECT_EQ(grid.sizes(), (c10::IntArrayRef{25, 2}));
  const Tensor quantiles =
      at::tensor({-1.2815515655, -0.5244005127, 0.0, 0.5244005127, 1.2815515655});
  expect_tensor_near(grid.narrow(0, 0, 5).select(1, 0), quantiles, 1e-6);
  // Row by row from the top: the second latent falls.
  expect_tensor_near(grid.select(1, 1).slice(0, 0, 25, 5), quantiles.flip(0), 1e-6);
  const Tensor book = normal_grid(15);
  EXPECT_TRUE(book.isfinite().all().item<bool>());
  EXPECT_NEAR(book[0][1].item<double>(), 1.8339146358, 1e-6);  // 1 - 1/30
  expect_tensor_near(normal_grid(1), at::zeros({1, 2}), 1e-12);
}

TEST(Samplers, BoxGridLeavesOutliersOutside) {
  const Tensor even = at::linspace(0, 100, 101);
  const Tensor codes = at::stack({even, -2 * even}, 1);
  const Tensor grid = box_grid(codes, 3);
  const Tensor want = at::tensor({1.0, -2.0, 50.0, -2.0, 99.0, -2.0,        //
                                  1.0, -100.0, 50.0, -100.0, 99.0, -100.0,  //
                                  1.0, -198.0, 50.0, -198.0, 99.0, -198.0});
  expect_tensor_near(grid, want.view({9, 2}), 1e-4);
  expect_tensor_near(box_grid(codes, 1), at::tensor({50.0, -100.0}).view({1, 2}), 1e-4);
}

}  // namespace
}  // namespace latent::space
