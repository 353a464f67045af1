// The transformer that draws codes: what a place sees, and the cached way to the same numbers.
#include "prior/code_transformer.h"

#include <ATen/ATen.h>

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const TransformerPlan kSmall{
    .codes = 5, .places = 6, .row = 3, .layers = 2, .channels = 8, .heads = 2, .condition = 2};

// With weights that are all far from zero.
std::shared_ptr<CodeTransformer> stirred(const TransformerPlan& plan) {
  auto network = std::make_shared<CodeTransformer>(plan);
  const torch::NoGradGuard no_grad;
  auto noise = generator(3, Stream::kWeights);
  for (Tensor& weight : network->parameters())
    weight.normal_(0, 0.5, noise);
  return network;
}

Tensor some_codes(int64_t images) {
  auto noise = generator(4, Stream::kSample);
  return at::randint(5, {images, 6}, noise, at::kLong);
}

TEST(CodeTransformer, StartsWithTheFrequencies) {
  const auto network = std::make_shared<CodeTransformer>(kSmall);
  auto noise = generator(0, Stream::kWeights);
  network->initialize(noise);
  // Code 2 at every place of three images: 3 + 0.5 of 3 + 5 * 0.5.
  network->set_frequencies(torch::full({3, 6}, 2, at::kLong));
  const Tensor nats = network->nats(torch::full({1, 6}, 2, at::kLong), {});
  EXPECT_NEAR(nats.item<double>(), -6 * std::log(3.5 / 5.5), 1e-5);
  const Tensor other = network->nats(torch::full({1, 6}, 0, at::kLong), {});
  EXPECT_NEAR(other.item<double>(), -6 * std::log(0.5 / 5.5), 1e-5);
}

TEST(CodeTransformer, APlaceSeesOnlyThoseBeforeIt) {
  const auto network = stirred(kSmall);
  const Tensor codes = some_codes(4);
  const Tensor logits = network->forward(codes, {});
  EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{4, 6, 5}));
  for (int64_t place = 0; place < 6; ++place) {
    Tensor changed = codes.clone();
    changed.select(1, place).add_(1).remainder_(5);
    const Tensor moved = (network->forward(changed, {}) - logits).abs().amax({0, 2});
    for (int64_t at = 0; at < 6; ++at) {
      if (at <= place)
        EXPECT_LT(moved[at].item<double>(), 1e-6) << place << " " << at;
      else
        EXPECT_GT(moved[at].item<double>(), 1e-6) << place << " " << at;
    }
  }
}

TEST(CodeTransformer, TheConditionReachesEveryPlace) {
  const auto network = stirred(kSmall);
  const Tensor codes = some_codes(2);
  const Tensor told = torch::tensor({{1.0F, 0.0F}, {0.0F, 1.0F}});
  const Tensor moved = (network->forward(codes, told) - network->forward(codes, {})).abs();
  EXPECT_GT(moved.amax(2).min().item<double>(), 1e-6);
  // Nothing known is zeros.
  EXPECT_TRUE(
      torch::equal(network->forward(codes, torch::zeros({1, 2})), network->forward(codes, {})));
}

// The most likely codes, drawn with cached keys, are those of whole forward passes.
TEST(CodeTransformer, CachedKeysGiveTheSameCodes) {
  const auto network = stirred(kSmall);
  auto noise = generator(5, Stream::kSample);
  const Tensor told = torch::tensor({{1.0F, -1.0F}});
  const Tensor drawn = network->sample(3, told, 0, noise);
  Tensor codes = torch::zeros({3, 6}, at::kLong);
  for (int64_t place = 0; place < 6; ++place)
    codes.select(1, place).copy_(network->forward(codes, told).select(1, place).argmax(1));
  EXPECT_TRUE(torch::equal(drawn, codes));
}

TEST(CodeTransformer, DrawsAsOftenAsItPredicts) {
  TransformerPlan plan = kSmall;
  plan.places = 1;
  plan.row = 1;
  const auto network = std::make_shared<CodeTransformer>(plan);
  // 7.5, 1.5, 0.5, 0.5 and 0.5 of 10.5.
  network->set_frequencies(torch::tensor({0, 0, 0, 0, 0, 0, 0, 1}, at::kLong).view({8, 1}));
  auto noise = generator(6, Stream::kSample);
  const Tensor drawn = network->sample(4000, {}, 1, noise).flatten();
  const Tensor share = at::bincount(drawn, {}, 5).to(at::kDouble) / 4000;
  // Four standard deviations of the shares.
  expect_tensor_near(share, torch::tensor({7.5, 1.5, 0.5, 0.5, 0.5}) / 10.5, 0.03);
  // The same generator, the same codes; a low temperature takes the most likely.
  auto again = generator(6, Stream::kSample);
  EXPECT_TRUE(torch::equal(network->sample(4000, {}, 1, again).flatten(), drawn));
  EXPECT_EQ(network->sample(50, {}, 0.1, again).max().item<int64_t>(), 0);
}

}  // namespace
}  // namespace latent
