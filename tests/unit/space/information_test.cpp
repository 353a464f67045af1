// The parts of the KL divergence for latents whose distribution is known.
#include "space/information.h"

#include <torch/torch.h>

#include <cmath>

#include "core/random.h"
#include "unit/expect.h"

namespace latent {
namespace {

space::Information parts_of(const Posterior& posteriors, int64_t draws) {
  const Tensor indices = torch::arange(draws).remainder(posteriors.mean.size(0));
  return space::decompose(posteriors, indices, generator(3, Stream::kInformation));
}

double mean_of(const Tensor& each) { return each.mean().item<double>(); }

TEST(Information, ItsPartsAddUpToTheKl) {
  const Posterior posteriors{torch::randn({300, 4}), torch::randn({300, 4}) - 1};
  const auto parts = parts_of(posteriors, 700);
  expect_tensor_near(parts.mutual_information + parts.total_correlation + parts.dimension_kl,
                     parts.kl, 1e-5);
  // The same draws against the closed form of the KL.
  const Tensor exact = gaussian_kl(posteriors.mean, posteriors.logvar).sum(1).mean();
  const double error = parts.kl.std().item<double>() / std::sqrt(700.0);
  EXPECT_NEAR(mean_of(parts.kl), exact.item<double>(), 5 * error);
}

// Two narrow groups of images at opposite corners: which one it is, log 2 nats, is all that an
// image says, and all that one latent says about the other.
TEST(Information, OfTwoDistantGroupsIsOneBit) {
  const Tensor mean = torch::tensor({{-10.0, -10.0}, {10.0, 10.0}}, at::kFloat).repeat({50, 1});
  const auto parts = parts_of({mean, torch::zeros({100, 2})}, 4000);
  EXPECT_NEAR(mean_of(parts.mutual_information), std::log(2.0), 1e-5);
  EXPECT_NEAR(mean_of(parts.total_correlation), std::log(2.0), 1e-5);
}

// A mixture of Gaussians near each other, whose total correlation was integrated on a grid.
TEST(Information, OfAMixtureIsItsIntegral) {
  const std::vector<double> at{-1.0, -0.4, 0.2, 1.5};
  Tensor mean = torch::empty({4, 2});
  for (int64_t i = 0; i < 4; ++i)
    mean[i].fill_(at[static_cast<size_t>(i)]);
  const double variance = 0.16;
  const Tensor grid = torch::linspace(-5, 5, 1001, at::kDouble);
  const double cell = 0.01 * 0.01;
  Tensor joint = torch::zeros({1001, 1001}, at::kDouble),
         single = torch::zeros({1001}, at::kDouble);
  for (const double middle : at) {
    const Tensor density =
        torch::exp(-0.5 * torch::square(grid - middle) / variance) / std::sqrt(2 * M_PI * variance);
    joint += torch::outer(density, density) / 4;
    single += density / 4;
  }
  const Tensor ratio = torch::log(joint) - torch::log(torch::outer(single, single));
  const double truth = (joint * ratio.nan_to_num(0, 0, 0)).sum().item<double>() * cell;
  const auto parts = parts_of({mean, torch::full({4, 2}, std::log(variance))}, 40'000);
  EXPECT_NEAR(mean_of(parts.total_correlation) / truth, 1, 0.02);
}

TEST(Information, OfLatentsThatIgnoreTheImagesIsNothing) {
  const auto parts = parts_of({torch::zeros({50, 3}), torch::zeros({50, 3})}, 200);
  for (const Tensor& part : {parts.mutual_information, parts.total_correlation, parts.dimension_kl})
    expect_tensor_near(part, torch::zeros({200}, at::kDouble), 1e-5);
}

}  // namespace
}  // namespace latent
