// The maximum mean discrepancy against sums written out.
#include <ATen/ATen.h>

#include <cmath>

#include "unit/objective/penalties.h"

namespace latent {
namespace {

Tensor kernel(const Tensor& a, const Tensor& b, bool rbf) {
  const Tensor distance = (a - b).pow(2).sum();
  const auto latents = static_cast<double>(a.numel());
  if (rbf) return (-distance / (2 * latents)).exp();
  Tensor sum = at::zeros({}, at::kDouble);
  for (const double scale : {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0})
    sum = sum + 2 * latents * scale / (2 * latents * scale + distance);
  return sum;
}

Tensor reference(const PosteriorLatents& of, bool rbf, double weight) {
  const int64_t n = of.z.size(0);
  const Tensor normal =
      Noise(generator(0, Stream::kPenalty)).normal(of.z.sizes(), at::kFloat).to(at::kDouble);
  Tensor within = at::zeros({}, at::kDouble), across = within;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      if (i != j)
        within = within + kernel(of.z[i], of.z[j], rbf) + kernel(normal[i], normal[j], rbf);
      across = across + kernel(of.z[i], normal[j], rbf);
    }
  }
  return weight * (within / (n * n - n) - 2 * across / (n * n));
}

TEST(Mmd, IsTheSumOverPairs) {
  for (const bool rbf : {false, true}) {
    const auto of = penalty("mmd", rbf ? R"({"weight": 4, "kernel": "rbf"})" : R"({"weight": 4})");
    expect_same_added(
        *of, [&](const auto& latents) { return reference(latents, rbf, 4); }, at::kFloat, 1e-4);
  }
}

TEST(Mmd, IsNothingForThePriorAndMoreForOtherLatents) {
  const auto of = penalty("mmd", "{}");
  const auto mean_of = [&](double shift, double scale) {
    double sum = 0;
    for (uint64_t i = 0; i < 40; ++i) {
      const Tensor z =
          shift + scale * at::randn({100, 2}, generator(i, Stream::kLatents), at::kFloat);
      sum += value_of_latents(*of, {.z = z, .code = z}, i).terms.at(0).item<double>() / 40;
    }
    return sum;
  };
  EXPECT_NEAR(mean_of(0, 1), 0, 0.01);
  EXPECT_GT(mean_of(1, 1), 0.5);
  EXPECT_GT(mean_of(0, 0.3), 0.3);
}

}  // namespace
}  // namespace latent
