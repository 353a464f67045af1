// The covariance of the latents against sums written out.
#include <ATen/ATen.h>

#include "unit/objective/penalties.h"

namespace latent {
namespace {

// The sums over pairs of latents: of different ones, and of one with itself.
Tensor reference(const PosteriorLatents& of, bool second, double weight, double diagonal) {
  const int64_t batch = of.mean.size(0), latents = of.mean.size(1);
  Tensor sum = at::zeros({}, at::kDouble);
  for (int64_t a = 0; a < latents; ++a) {
    for (int64_t b = 0; b < latents; ++b) {
      Tensor product = at::zeros({}, at::kDouble), one = product, other = product;
      for (int64_t i = 0; i < batch; ++i) {
        product = product + of.mean[i][a] * of.mean[i][b] / batch;
        one = one + of.mean[i][a] / batch;
        other = other + of.mean[i][b] / batch;
      }
      Tensor covariance = product - one * other;
      for (int64_t i = 0; second && a == b && i < batch; ++i)
        covariance = covariance + of.logvar[i][a].exp() / batch;
      sum = sum + (a == b ? diagonal * (covariance - 1).pow(2) : weight * covariance.pow(2));
    }
  }
  return sum;
}

TEST(Dip, IsTheSumOverPairsOfLatents) {
  for (const auto& [type, tolerance] :
       {std::pair(at::kDouble, 1e-9), std::pair(at::kFloat, 1e-4)}) {
    expect_same_added(
        *penalty("dip", R"({"kind": "i", "weight": 2})"),
        [](const auto& of) { return reference(of, false, 2, 20); }, type, tolerance);
    expect_same_added(
        *penalty("dip", R"({"weight": 2})"),
        [](const auto& of) { return reference(of, true, 2, 2); }, type, tolerance);
    expect_same_added(
        *penalty("dip", R"({"weight": 2, "diagonal_weight": 5})"),
        [](const auto& of) { return reference(of, true, 2, 5); }, type, tolerance);
  }
}

TEST(Dip, OfAnIdentityIsNothing) {
  // Four corners: means of variance 1, without correlation.
  const Tensor mean = at::tensor({-1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0}).view({4, 2});
  const Latent latent{
      .z = mean, .code = mean, .posterior = Posterior{mean, at::zeros({4, 2}, at::kDouble)}};
  EXPECT_NEAR(value_of_latents(*penalty("dip", R"({"kind": "i"})"), latent).added.item<double>(), 0,
              1e-12);
}

}  // namespace
}  // namespace latent
