// The total correlation of a batch against sums written out, and its bias where the truth is known.
#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "unit/objective/penalties.h"

namespace latent {
namespace {

// log N(z_i; mean_j, exp(logvar_j)) of one latent.
Tensor log_density(const PosteriorLatents& of, int64_t i, int64_t j, int64_t latent) {
  const Tensor z = of.z[i][latent], mean = of.mean[j][latent], logvar = of.logvar[j][latent];
  return -0.5 * (std::log(2 * std::numbers::pi) + logvar + (z - mean).pow(2) / logvar.exp());
}

// The terms mi, tc and dimension_kl as sums over pairs, with plain exponentials.
// shares: the share of the mixture of a latent's own posterior, and of each other.
std::vector<Tensor> terms_of(const PosteriorLatents& of, double own, double other) {
  const int64_t batch = of.z.size(0), latents = of.z.size(1);
  Tensor mi = at::zeros({}, at::kDouble), tc = mi.clone(), dimension = mi.clone();
  for (int64_t i = 0; i < batch; ++i) {
    Tensor joint = at::zeros({}, at::kDouble), product = joint.clone();
    std::vector<Tensor> single(static_cast<size_t>(latents), joint);
    Tensor given = joint, prior = joint;
    for (int64_t j = 0; j < batch; ++j) {
      Tensor all = at::zeros({}, at::kDouble);
      for (int64_t k = 0; k < latents; ++k) {
        const Tensor density = log_density(of, i, j, k);
        auto& sum = single[static_cast<size_t>(k)];
        sum = sum + (i == j ? own : other) * density.exp();
        all = all + density;
      }
      joint = joint + (i == j ? own : other) * all.exp();
      if (i == j) given = all;
    }
    for (const Tensor& each : single)
      product = product + each.log();
    for (int64_t k = 0; k < latents; ++k)
      prior = prior - 0.5 * (std::log(2 * std::numbers::pi) + of.z[i][k].pow(2));
    mi = mi + (given - joint.log()) / batch;
    tc = tc + (joint.log() - product) / batch;
    dimension = dimension + (product - prior) / batch;
  }
  return {mi, tc, dimension};
}

TEST(TotalCorrelation, IsTheSumOverPairs) {
  for (const bool weighted : {false, true}) {
    const auto of = penalty(
        "total_correlation",
        weighted ? R"({"weight": 3, "estimate": "weighted"})" : R"({"weight": 3})", kGaussian, 100);
    const double own = weighted ? 1.0 / 700 : 1.0 / 100;
    const double other = weighted ? 1.0 / 700 : 99.0 / 100 / 6;
    const auto reference = [&](const PosteriorLatents& latents) {
      return 3 * terms_of(latents, own, other)[1];
    };
    expect_same_added(*of, reference, at::kDouble, 1e-9);
    expect_same_added(*of, reference, at::kFloat, 1e-4);
    const PosteriorLatents latents(7, 3, at::kDouble);
    const auto got = value_of_latents(*of, latents.latent()).terms;
    const auto want = terms_of(latents, own, other);
    for (size_t i = 0; i < want.size(); ++i)
      EXPECT_NEAR(got.at(i).item<double>(), want[i].item<double>(), 1e-9);
  }
}

TEST(TotalCorrelation, WithMutualInformationAndTheRestIsTheKl) {
  const PosteriorLatents of(50, 4, at::kDouble);
  const auto terms =
      value_of_latents(*penalty("total_correlation", "{}", kGaussian, 1000), of.latent()).terms;
  const Tensor given =
      (-0.5 * ((of.z - of.mean).square() / of.logvar.exp() + of.logvar)).sum(1).mean();
  const Tensor prior = (-0.5 * of.z.square()).sum(1).mean();
  EXPECT_NEAR((terms[0] + terms[1] + terms[2]).item<double>(), (given - prior).item<double>(),
              1e-9);
}

// Independent latents: posteriors N(m, 0.3^2) whose means make q(z) close to N(0, 1) in each of ten
// latents. The true total correlation is 0; the weighted estimate is too high by 9 log N.
TEST(TotalCorrelation, OfIndependentLatentsIsNearNothingIfStratified) {
  const int64_t batch = 64, latents = 10, images = 60000;
  at::Generator noise = generator(2, Stream::kLatents);
  double stratified = 0, weighted = 0;
  const int repeats = 20;
  for (int i = 0; i < repeats; ++i) {
    const Tensor mean = std::sqrt(0.91) * at::randn({batch, latents}, noise, at::kDouble);
    const Tensor logvar = at::full({batch, latents}, 2 * std::log(0.3), at::kDouble);
    const Tensor z = mean + 0.3 * at::randn({batch, latents}, noise, at::kDouble);
    const Latent latent{.z = z, .code = mean, .posterior = Posterior{mean, logvar}};
    const auto tc = [&](const std::string& options) {
      return value_of_latents(*penalty("total_correlation", options, kGaussian, images), latent)
          .terms.at(1)
          .item<double>();
    };
    stratified += tc("{}") / repeats;
    weighted += tc(R"({"estimate": "weighted"})") / repeats;
  }
  EXPECT_LT(std::abs(stratified), 6);
  EXPECT_GT(weighted, 99);
}

TEST(TotalCorrelation, OfOneImageIsNothing) {
  const PosteriorLatents of(1, 3, at::kDouble);
  const auto terms =
      value_of_latents(*penalty("total_correlation", "{}", kGaussian, 1000), of.latent()).terms;
  EXPECT_NEAR(terms[0].item<double>(), 0, 1e-12);
  EXPECT_NEAR(terms[1].item<double>(), 0, 1e-12);
}

TEST(TotalCorrelation, NeedsAPosterior) {
  expect_error(
      [] { penalty("total_correlation", "{}", R"({"encoder": "dense", "bottleneck": "point"})"); },
      "test.json: total_correlation: a point bottleneck has no distribution; expected "
      "model.bottleneck \"gaussian\", or no total_correlation (null switches it off)");
}

}  // namespace
}  // namespace latent
