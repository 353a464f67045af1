// The importance-weighted bound and its two gradients against sums written out.
#include "objective/bound.h"

#include <torch/torch.h>

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

constexpr int64_t kImages = 3, kSamples = 4, kLatents = 2;

std::shared_ptr<const Bound> iwae(const std::string& gradient) {
  Config config = Config::parse(R"({"samples": 4, "gradient": ")" + gradient + "\"}", "x");
  Section section = config.root();
  return bounds().find("iwae", "test").configure(section);
}

// An encoder of one weight a latent, latents, and a decoder of one weight:
// -log p(x|z) = (x - w * sum(z))^2.
struct Toy {
  Tensor x = torch::tensor({0.3, -1.2, 0.8}, at::kDouble);
  Tensor noise, encoder, spread, decoder;

  Toy() {
    at::Generator generator = latent::generator(3, Stream::kLatents);
    noise = torch::randn({kSamples, kImages, kLatents}, generator, at::kDouble);
    encoder = torch::tensor({0.5, -0.7}, at::kDouble).requires_grad_();
    spread = torch::tensor({-0.4, 0.2}, at::kDouble).requires_grad_();
    decoder = torch::tensor(0.9, at::kDouble).requires_grad_();
  }
  Posterior posterior() const {
    return {x.unsqueeze(1) * encoder, spread.expand({kImages, kLatents}) * x.unsqueeze(1)};
  }
  Latent latent() const {
    const Posterior q = posterior();
    const Tensor z = q.mean + (0.5 * q.logvar).exp() * noise;
    return {.z = z.reshape({-1, kLatents}), .code = q.mean, .posterior = q};
  }
  Tensor nll(const Tensor& z) const { return (x.repeat({kSamples}) - decoder * z.sum(1)).square(); }
};

// log w of each latent with the densities written out: [K, B]. fixed: q's parameters are constants.
Tensor log_weights(const Toy& toy, const Tensor& z, bool fixed) {
  Posterior q = toy.posterior();
  if (fixed) q = {q.mean.detach(), q.logvar.detach()};
  const Tensor each = z.view({kSamples, kImages, kLatents});
  const auto log_normal = [](const Tensor& at, const Tensor& mean, const Tensor& variance) {
    return (-0.5 * (at - mean).square() / variance - 0.5 * (2 * M_PI * variance).log()).sum(2);
  };
  const Tensor prior = log_normal(each, torch::zeros_like(each), torch::ones_like(each));
  return prior - log_normal(each, q.mean, q.logvar.exp()) - toy.nll(z).view({kSamples, kImages});
}

TEST(Bound, IsTheLogarithmOfTheMeanWeight) {
  const Toy toy;
  const Latent latent = toy.latent();
  const Tensor got = iwae("plain")->negative(toy.nll(latent.z), latent);
  const Tensor want = -log_weights(toy, latent.z, false).exp().mean(0).log().mean();
  EXPECT_NEAR(got.item<double>(), want.item<double>(), 1e-12);
  EXPECT_NEAR(iwae("dreg")->negative(toy.nll(latent.z), latent).item<double>(), want.item<double>(),
              1e-12);
}

TEST(Bound, ThePlainGradientIsThatOfTheValue) {
  const Toy here, there;
  const Latent latent = here.latent();
  iwae("plain")->negative(here.nll(latent.z), latent).backward();
  (-log_weights(there, there.latent().z, false).exp().mean(0).log().mean()).backward();
  for (const auto& [got, want] :
       {std::pair(here.encoder, there.encoder), std::pair(here.spread, there.spread),
        std::pair(here.decoder, there.decoder)})
    expect_tensor_near(got.grad(), want.grad(), 1e-9);
}

TEST(Bound, TheDoublyReparameterizedGradientWeighsTwice) {
  const Toy here, there;
  const Latent latent = here.latent();
  iwae("dreg")->negative(here.nll(latent.z), latent).backward();

  // The decoder: shares times the gradient of log w. The encoder: squared shares times the gradient
  // of log w along z only.
  const Tensor z = there.latent().z;
  const Tensor cut = z.detach().requires_grad_();
  const Tensor weights = log_weights(there, cut, true);
  const Tensor share = weights.detach().softmax(0);
  const auto gradients =
      torch::autograd::grad({(share * weights).sum() / kImages}, {there.decoder, cut}, {}, true);
  const Tensor pull = gradients[1] * share.view({-1, 1});
  (-(z * pull.detach()).sum()).backward();
  expect_tensor_near(here.decoder.grad(), -gradients[0], 1e-9);
  expect_tensor_near(here.encoder.grad(), there.encoder.grad(), 1e-9);
  expect_tensor_near(here.spread.grad(), there.spread.grad(), 1e-9);
}

TEST(Bound, ObjectiveDecodesSeveralLatents) {
  const auto plan = objective_plan(R"({"bound": {"name": "iwae", "samples": 3}})", true);
  const auto model = make_model(R"({"encoder": "dense", "latent_dim": 2})", {1, 4, 4});
  const auto objective = plan.make(*model, 0, 0);
  EXPECT_EQ(objective->samples(), 3);
  EXPECT_EQ(objective->term_names(), (std::vector<std::string>{"nll", "bound"}));
  const Tensor images = torch::rand({5, 1, 4, 4});
  const auto noise = [] { return generator(1, Stream::kLatents); };
  const Output output = model->forward(images, {}, noise(), std::nullopt, 3);
  EXPECT_EQ(output.decoded.size(0), 15);
  const Loss loss = (*objective)(images, output);
  EXPECT_NEAR(loss.terms[1].value.item<double>(), -loss.total.item<double>(), 1e-5);
  // Below the mean of three bounds from one latent each, which is the ELBO.
  EXPECT_LT(loss.total.item<double>(),
            loss.terms[0].value.item<double>() +
                gaussian_kl(output.latent.posterior->mean, output.latent.posterior->logvar)
                    .sum(1)
                    .mean()
                    .item<double>() +
                0.5);
  const Output first = first_sample(output, 3);
  EXPECT_EQ(first.decoded.size(0), 5);
  expect_tensor_near(model->decode(first.latent.z), first.decoded, 1e-5);
}

TEST(Bound, RefusesWhatItCannotBe) {
  expect_error([] { objective_plan(R"({"bound": "iwae"})", false); },
               "test.json: objective.bound: iwae weighs latents of a posterior; expected "
               "model.bottleneck \"gaussian\"");
  expect_error([] { objective_plan(R"({"bound": "iwae", "kl": {"weight": 2}})", true); },
               "test.json: objective.kl: is a part of the bound iwae; expected no kl");
  expect_error(
      [] {
        objective_plan(R"({"bound": "iwae", "likelihood": {"name": "bernoulli", "weight": 2}})",
                       true);
      },
      "test.json: objective.likelihood.weight: got 2; the bound iwae needs 1");
  expect_error([] { objective_plan(R"({"bound": {"name": "iwae", "samples": 0}})", true); },
               "test.json: objective.bound.samples: got 0; expected an integer >= 1 and <= 10000");
}

}  // namespace
}  // namespace latent
