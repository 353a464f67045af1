// The discriminator of FactorVAE: what it is shown, and that it learns the density ratio.
#include <torch/torch.h>

#include "unit/objective/penalties.h"

namespace latent {
namespace {

// Latents whose two coordinates are equal up to noise, or independent.
Latent pairs(int64_t batch, bool equal, uint64_t seed) {
  at::Generator noise = generator(seed, Stream::kLatents);
  const Tensor first = at::randn({batch, 1}, noise, at::kFloat);
  const Tensor second = equal ? first + 0.3 * at::randn({batch, 1}, noise, at::kFloat)
                              : at::randn({batch, 1}, noise, at::kFloat);
  const Tensor z = at::cat({first, second}, 1);
  return {.z = z, .code = z, .posterior = Posterior{z, at::zeros_like(z)}};
}

double learned(bool equal) {
  const auto of = penalty("factor", R"({"hidden": [32, 32], "learning_rate": 1e-3})");
  Adversary& adversary = *of->adversary();
  torch::optim::Adam optimizer(adversary.module().parameters(), 0.003);
  const Tensor no_images;
  for (uint64_t step = 0; step < 300; ++step) {
    const Output output{.decoded = {}, .latent = pairs(256, equal, step)};
    optimizer.zero_grad();
    adversary
        .loss({.images = no_images, .output = output, .noise = generator(step, Stream::kAdversary)})
        .backward();
    optimizer.step();
  }
  return value_of_latents(*of, pairs(4000, equal, 1000)).terms.at(0).item<double>();
}

// Of normal latents with correlation r the total correlation is -log(1 - r^2) / 2. Here the second
// has variance 1.09 and r^2 = 1 / 1.09: 1.25 nats.
TEST(Factor, LearnsTheTotalCorrelation) {
  EXPECT_NEAR(learned(true), 1.25, 0.25);
  EXPECT_NEAR(learned(false), 0, 0.05);
}

TEST(Factor, ItsAdversarySeesLatentsWithoutTheirGradients) {
  const auto of = penalty("factor", R"({"hidden": [8]})");
  const Latent latent = pairs(6, true, 1);
  const Tensor no_images;
  const Output output{.decoded = {}, .latent = latent};
  const Tensor loss = of->adversary()->loss(
      {.images = no_images, .output = output, .noise = generator(1, Stream::kAdversary)});
  loss.backward();
  for (const auto& weight : of->adversary()->module().parameters())
    EXPECT_TRUE(weight.grad().defined());
  EXPECT_TRUE(of->parameters().empty());  // the model's optimizer must not move the discriminator
}

}  // namespace
}  // namespace latent
