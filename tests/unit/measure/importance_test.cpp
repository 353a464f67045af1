// The evidence of a model whose evidence is known in closed form.
#include "measure/importance.h"

#include <torch/torch.h>

#include <cmath>
#include <numbers>

#include "core/random.h"
#include "unit/expect.h"

namespace latent {
namespace {

constexpr double kSigma = 0.5;

// x = W z + kSigma * noise with z ~ N(0, 1). The columns of W are orthogonal, so that the posterior
// of z has no correlations.
struct LinearGaussian {
  Tensor w = torch::tensor({{1.0, 0.5}, {1.0, -0.5}, {0.5, 0.5}, {0.5, -0.5}, {0.0, 0.3}},
                           at::kDouble);                              // [D, Z]
  Tensor variance = 1 / (1 + w.square().sum(0) / (kSigma * kSigma));  // [Z], of the posterior

  Tensor draw(int64_t images) const {
    at::Generator noise = generator(1, Stream::kSample);
    const Tensor z = torch::randn({images, w.size(1)}, noise, at::kDouble);
    const Tensor rest = torch::randn({images, w.size(0)}, noise, at::kDouble);
    return z.matmul(w.t()) + kSigma * rest;
  }
  // The posterior with its variance multiplied.
  Posterior proposal(const Tensor& x, double wider) const {
    const Tensor mean = x.matmul(w) / (kSigma * kSigma) * variance;
    return {mean.to(at::kFloat), torch::log(variance * wider).expand_as(mean).to(at::kFloat)};
  }
  Tensor log_likelihood(const Tensor& x, const Tensor& z) const {
    const Tensor error = (x - z.to(at::kDouble).matmul(w.t())) / kSigma;
    return (-0.5 * error.square() - std::log(kSigma) - 0.5 * std::log(2 * std::numbers::pi)).sum(1);
  }
  // log N(x; 0, W W' + sigma^2).
  Tensor log_evidence(const Tensor& x) const {
    const int64_t d = w.size(0);
    const Tensor covariance = w.matmul(w.t()) + kSigma * kSigma * torch::eye(d, at::kDouble);
    const Tensor distance = x.matmul(torch::linalg_inv(covariance)).mul(x).sum(1);
    return -0.5 * (distance + torch::logdet(covariance) +
                   static_cast<double>(d) * std::log(2 * std::numbers::pi));
  }
};

Evidence estimated(const LinearGaussian& model, const Tensor& x, double wider, int64_t samples) {
  return importance_sampled(model.proposal(x, wider), samples, generator(2, Stream::kImportance),
                            [&](const Tensor& z) { return model.log_likelihood(x, z); });
}

TEST(Importance, FindsTheEvidenceOfALinearGaussianModel) {
  const LinearGaussian model;
  const Tensor x = model.draw(100), truth = model.log_evidence(x);
  const Evidence found = estimated(model, x, 1.5, 5000);
  EXPECT_NEAR(found.log_evidence.mean().item<double>(), truth.mean().item<double>(), 0.01);
  // For weights w = p/q of two Gaussians, n / (1 + Var w): here (9 / 8)^(-2/2) of the samples.
  EXPECT_NEAR(found.effective_samples.mean().item<double>() / 5000, 8.0 / 9.0, 0.02);
}

TEST(Importance, IsExactWithTheTruePosterior) {
  const LinearGaussian model;
  const Tensor x = model.draw(20);
  const Evidence found = estimated(model, x, 1, 3);
  expect_tensor_near(found.log_evidence, model.log_evidence(x), 1e-5);
  expect_tensor_near(found.effective_samples, torch::full({20}, 3.0, at::kDouble), 1e-4);
}

TEST(Importance, BoundsTheEvidenceFromBelowWithOneSample) {
  const LinearGaussian model;
  const Tensor x = model.draw(2000);
  // KL(N(m, 3 s) || N(m, s)) of two latents: 3 - 1 - log 3 nats.
  const Evidence found = estimated(model, x, 3, 1);
  const double gap = (model.log_evidence(x) - found.log_evidence).mean().item<double>();
  EXPECT_NEAR(gap, 2 - std::log(3.0), 5 * std::sqrt(4.0 / 2000));
}

}  // namespace
}  // namespace latent
