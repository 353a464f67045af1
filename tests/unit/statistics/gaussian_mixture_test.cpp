#include "statistics/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/random.h"
#include "unit/expect.h"

namespace latent::statistics {
namespace {

at::Generator noise(uint64_t index = 0) { return generator(7, Stream::kMixture, index); }

// Two Gaussians in the plane: 30% of the weight is round at (-3, 0), 70% correlated at (4, 1).
GaussianMixture two() {
  return {.weights = at::tensor({0.3, 0.7}, at::kDouble),
          .means = at::tensor({-3.0, 0.0, 4.0, 1.0}, at::kDouble).view({2, 2}),
          .covariances =
              at::tensor({0.5, 0.0, 0.0, 0.5, 2.0, 0.8, 0.8, 1.0}, at::kDouble).view({2, 2, 2})};
}

TEST(GaussianMixture, HasTheDensityWorkedOutByHand) {
  const GaussianMixture standard{.weights = at::ones({1}, at::kDouble),
                                 .means = at::zeros({1, 3}, at::kDouble),
                                 .covariances = at::eye(3, at::kDouble).unsqueeze(0)};
  const Tensor at_origin = standard.log_density(at::zeros({1, 3}));
  EXPECT_NEAR(at_origin.item<double>(), -1.5 * std::log(2 * std::numbers::pi), 1e-12);
  // 0.5 N(0; -1, 1) + 0.5 N(0; 1, 4) = 0.5 * 0.2419707 + 0.5 * 0.1760327
  const GaussianMixture uneven{.weights = at::full({2}, 0.5, at::kDouble),
                               .means = at::tensor({-1.0, 1.0}, at::kDouble).view({2, 1}),
                               .covariances = at::tensor({1.0, 4.0}, at::kDouble).view({2, 1, 1})};
  EXPECT_NEAR(uneven.log_density(at::zeros({1, 1})).exp().item<double>(), 0.20900170, 1e-7);
  // A correlation: the determinant is 2 * 1 - 0.8^2 = 1.36, at the mean itself.
  const Tensor at_mean = two().log_density(at::tensor({4.0, 1.0}).view({1, 2}));
  EXPECT_NEAR(at_mean.item<double>(),
              std::log(0.7) - std::log(2 * std::numbers::pi) - 0.5 * std::log(1.36), 1e-9);
}

TEST(GaussianMixture, SamplesHaveItsMoments) {
  auto draws = noise();
  const Tensor z = two().sample(40'000, 1.0, draws);
  EXPECT_EQ(z.scalar_type(), at::kFloat);
  const Tensor right = z.index_select(0, z.select(1, 0).gt(0).nonzero().squeeze(1));
  EXPECT_NEAR(static_cast<double>(right.size(0)) / 40'000, 0.7, 0.02);
  expect_tensor_near(right.mean(0), at::tensor({4.0, 1.0}), 0.05);
  expect_tensor_near(right.t().cov(), two().covariances[1], 0.06);
}

TEST(GaussianMixture, SamplesWithoutSpreadAreTheMeans) {
  auto draws = noise();
  const Tensor z = two().sample(20, 0.0, draws);
  for (int64_t i = 0; i < 20; ++i) {
    const Tensor apart = (two().means - z[i]).abs().sum(1);
    EXPECT_LT(apart.min().item<double>(), 1e-6);
  }
}

TEST(GaussianMixture, FitRecoversAKnownMixture) {
  auto draws = noise();
  const Tensor points = two().sample(20'000, 1.0, draws);
  const MixtureFit fit = fit_mixture(points, 2, draws);
  const Tensor order = fit.mixture.means.select(1, 0).argsort();
  expect_tensor_near(fit.mixture.weights.index_select(0, order), two().weights, 0.02);
  expect_tensor_near(fit.mixture.means.index_select(0, order), two().means, 0.06);
  expect_tensor_near(fit.mixture.covariances.index_select(0, order), two().covariances, 0.08);
  EXPECT_NEAR(fit.log_likelihood, two().log_density(points).sum().item<double>(), 20.0);
  // 2 weights that sum to 1, 2 * 2 means, 2 * 3 covariances: 11 parameters.
  EXPECT_NEAR(fit.bic, -2 * fit.log_likelihood + 11 * std::log(20'000), 1e-6);
}

TEST(GaussianMixture, OneComponentIsTheSampleMeanAndCovariance) {
  const Tensor points = at::tensor({0.0, 0.0, 2.0, 0.0, 0.0, 4.0, 2.0, 4.0}).view({4, 2});
  auto draws = noise();
  const MixtureFit fit = fit_mixture(points, 1, draws, {.floor = 0});
  expect_tensor_near(fit.mixture.means, at::tensor({1.0, 2.0}).view({1, 2}), 1e-12);
  expect_tensor_near(fit.mixture.covariances[0], at::tensor({1.0, 0.0, 0.0, 4.0}).view({2, 2}),
                     1e-8);
}

TEST(GaussianMixture, HeldOutPointsFindTheNumberOfComponents) {
  for (const int64_t k : {1, 2, 3, 4}) {
    auto draws = noise(static_cast<uint64_t>(k));
    const Tensor centres = 8 * at::eye(4, at::kDouble).narrow(0, 0, k);
    const GaussianMixture truth{.weights = at::full({k}, 1.0 / double(k), at::kDouble),
                                .means = centres,
                                .covariances = at::eye(4, at::kDouble).expand({k, 4, 4}).clone()};
    const MixtureFit best = choose_mixture(truth.sample(3000, 1.0, draws), draws);
    EXPECT_EQ(best.mixture.components(), k);
  }
}

TEST(GaussianMixture, StopsAfterTwoSizesThatDoNotHelp) {
  auto draws = noise();
  std::vector<int64_t> sizes;
  choose_mixture(two().sample(5000, 1.0, draws), draws, {},
                 [&](const MixtureFit& fit) { sizes.push_back(fit.mixture.components()); });
  EXPECT_EQ(sizes, (std::vector<int64_t>{1, 2, 3, 4}));
  sizes.clear();
  choose_mixture(at::rand({5000, 1}, draws).round().add(at::randn({5000, 1}, draws) * 0.01), draws,
                 {.most_components = 2},
                 [&](const MixtureFit& fit) { sizes.push_back(fit.mixture.components()); });
  EXPECT_EQ(sizes, (std::vector<int64_t>{1, 2}));
}

// A ring has no number of Gaussians of its own: more of them are better until noise ends it.
TEST(GaussianMixture, TakesManyComponentsWhereTheyHelp) {
  auto draws = noise();
  const Tensor angle = at::rand({20'000, 1}, draws) * (2 * std::numbers::pi);
  const Tensor ring = at::cat({angle.cos(), angle.sin()}, 1) + 0.02 * at::randn({20'000, 2}, draws);
  std::vector<double> held_out;
  const MixtureFit best =
      choose_mixture(ring, draws, {.most_searched = 8000},
                     [&](const MixtureFit& fit) { held_out.push_back(fit.held_out); });
  EXPECT_GE(best.mixture.components(), 12);
  EXPECT_GT(best.held_out, held_out.front() + 1);
  EXPECT_EQ(std::count(held_out.begin(), held_out.end(), best.held_out), 1);
  // It is fitted to all points in the end.
  EXPECT_NEAR(best.log_likelihood, best.mixture.log_density(ring).sum().item<double>(), 1e-3);
}

TEST(GaussianMixture, AConstantLatentKeepsTheFloor) {
  auto draws = noise();
  Tensor points = two().sample(2000, 1.0, draws);
  points = at::cat({points, at::full({2000, 1}, 5.0)}, 1);
  const MixtureFit fit = fit_mixture(points, 2, draws, {.floor = 1e-4});
  const double floor = 1e-4 * points.to(at::kDouble).var(0, false).mean().item<double>();
  for (int64_t k = 0; k < 2; ++k)
    EXPECT_NEAR(fit.mixture.covariances[k][2][2].item<double>(), floor, 1e-9);
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
  const Tensor z = fit.mixture.sample(500, 1.0, draws);
  EXPECT_TRUE(z.isfinite().all().item<bool>());
  expect_tensor_near(z.select(1, 2), at::full({500}, 5.0), 0.3);
}

TEST(GaussianMixture, FitsEqualPoints) {
  auto draws = noise();
  const MixtureFit same = choose_mixture(at::ones({50, 3}), draws);
  EXPECT_EQ(same.mixture.components(), 1);
  EXPECT_TRUE(same.mixture.sample(5, 1.0, draws).isfinite().all().item<bool>());
  // More components are asked for than there are different points.
  const Tensor pairs = at::cat({at::zeros({20, 2}), at::ones({20, 2})});
  EXPECT_EQ(fit_mixture(pairs, 5, draws).mixture.components(), 2);
}

TEST(GaussianMixture, TheSameGeneratorGivesTheSameFit) {
  auto draws = noise();
  const Tensor points = two().sample(1000, 1.0, draws);
  auto one = noise(1), other = noise(1);
  const MixtureFit a = choose_mixture(points, one), b = choose_mixture(points, other);
  EXPECT_TRUE(a.mixture.means.equal(b.mixture.means));
  EXPECT_TRUE(a.mixture.covariances.equal(b.mixture.covariances));
}

}  // namespace
}  // namespace latent::statistics
