// The KL term with its schedules, and the penalties that make a code sparse.
#include "objective/penalty.h"

#include <cmath>
#include <limits>

#include "unit/expect.h"
#include "unit/objective/penalties.h"

namespace latent {
namespace {

const std::string kRelu =
    R"({"encoder": "dense", "bottleneck": {"name": "point", "activation": "relu"}})";
const std::string kSigmoid =
    R"({"encoder": "dense", "bottleneck": {"name": "point", "activation": "sigmoid"}})";

std::shared_ptr<Penalty> kl(const std::string& options) {
  return penalty("kl", options, R"({"encoder": "dense"})");
}

// Returns the only term and what the total gains, for latents without images.
std::pair<double, double> value_of(const Penalty& penalty, const Latent& latent) {
  const Tensor no_images;
  const Output output{.decoded = {}, .latent = latent};
  const PenaltyValue value = penalty({.images = no_images, .output = output});
  EXPECT_EQ(value.terms.size(), 1u);
  return {value.terms.at(0).item<double>(), value.added.item<double>()};
}

// Latents of one image whose KL is `kl`: of mean m it is m^2 / 2.
Latent latents_of(double kl) {
  const Tensor mean = torch::full({1, 1}, std::sqrt(2 * kl));
  return {.z = mean, .code = mean, .posterior = Posterior{mean, torch::zeros({1, 1})}};
}

double weighted(Penalty& term, double kl, double epoch) {
  term.schedule(epoch);
  return value_of(term, latents_of(kl)).second;
}

TEST(Kl, ClosedForm) {
  const Tensor mean = torch::tensor({0.0, 1.0, 0.0, -2.0}),
               logvar = torch::tensor({0.0, 0.0, std::log(4.0), -1.0});
  // 0;  1/2;  (4 - 1 - log 4) / 2;  (4 + e^-1 - 1 + 1) / 2
  expect_tensor_near(gaussian_kl(mean, logvar), torch::tensor({0.0, 0.5, 0.8068528, 2.1839397}),
                     1e-6);
}

// Monte Carlo: E_q[log q(z) - log p(z)].
TEST(Kl, IsTheExpectedLogRatio) {
  const double mean = 0.7, logvar = -0.4;
  const Tensor noise = normal({200000}).to(at::kDouble);
  const Tensor z = mean + std::exp(0.5 * logvar) * noise;
  const double ratio =
      (0.5 * z.square() - 0.5 * noise.square()).mean().item<double>() - 0.5 * logvar;
  EXPECT_NEAR(gaussian_kl(torch::tensor(mean), torch::tensor(logvar)).item<double>(), ratio, 0.01);
}

TEST(Kl, SumOverLatentsMeanOverTheBatch) {
  const Latent latent{.z = {},
                      .code = {},
                      .posterior = Posterior{torch::tensor({1.0f, 1.0f, 3.0f, 0.0f}).view({2, 2}),
                                             torch::zeros({2, 2})}};
  EXPECT_NEAR(value_of(*kl("{}"), latent).first, (1.0 + 4.5) / 2, 1e-6);
}

TEST(Kl, TheWeightWarmsUp) {
  const auto penalty = kl(R"({"weight": 4, "warmup_epochs": 2})");
  EXPECT_NEAR(weighted(*penalty, 3, 0), 0, 1e-6);
  EXPECT_NEAR(weighted(*penalty, 3, 0.5), 3, 1e-6);
  EXPECT_NEAR(weighted(*penalty, 3, 2), 12, 1e-6);
  EXPECT_NEAR(weighted(*penalty, 3, 9), 12, 1e-6);
  EXPECT_NEAR(weighted(*penalty, 3, std::numeric_limits<double>::infinity()), 12, 1e-6);
  EXPECT_NEAR(weighted(*kl(R"({"weight": 4})"), 3, 0), 12, 1e-6);
}

TEST(Kl, TheCapacityGrows) {
  const auto penalty = kl(R"({"weight": 3, "capacity": 10, "warmup_epochs": 5})");
  EXPECT_NEAR(weighted(*penalty, 1, 0), 3, 1e-5);   // |1 - 0|
  EXPECT_NEAR(weighted(*penalty, 1, 1), 3, 1e-5);   // |1 - 2|
  EXPECT_NEAR(weighted(*penalty, 12, 5), 6, 1e-5);  // |12 - 10|
  EXPECT_NEAR(weighted(*penalty, 12, 50), 6, 1e-5);
}

TEST(Kl, WeightZeroLeavesTheTermToBeWatched) {
  EXPECT_EQ(weighted(*kl(R"({"weight": 0})"), 3, 1), 0);
}

TEST(Kl, NeedsADistribution) {
  const auto plan = objective_plan(R"({"kl": {}})", false);
  const auto model = make_model(R"({"encoder": "dense", "bottleneck": "point"})", {1, 4, 4});
  expect_error([&] { plan.make(*model, 0, 0); },
               "test.json: objective.kl: a point bottleneck has no distribution; "
               "expected model.bottleneck \"gaussian\", or no kl (null switches it off)");
}

TEST(Kl, FreeNatsLeaveLatentsAloneThatCarryLess) {
  // Two images, two latents: mean KL of 1/4 and 9/4 nats.
  const Tensor mean = torch::tensor({{1.0f, 3.0f}, {0.0f, 0.0f}}).requires_grad_();
  const Latent latent{.z = mean, .code = mean, .posterior = Posterior{mean, torch::zeros({2, 2})}};
  const PenaltyValue value = value_of_latents(*kl(R"({"weight": 2, "free_nats": 0.5})"), latent);
  EXPECT_NEAR(value.terms.at(0).item<double>(), 2.5, 1e-6);
  EXPECT_NEAR(value.added.item<double>(), 2 * (0.5 + 2.25), 1e-6);
  value.added.backward();
  expect_tensor_near(mean.grad(), torch::tensor({{0.0f, 3.0f}, {0.0f, 0.0f}}), 1e-6);
}

TEST(Kl, AControlledWeightMovesTowardsTheTarget) {
  const auto controlled = kl(R"({"weight": 2, "target": 5, "target_rate": 0.1})");
  const auto weight_at = [&](double nats) {
    return value_of_latents(*controlled, latents_of(nats)).terms.at(1).item<double>();
  };
  EXPECT_NEAR(weight_at(10), 2, 1e-6);                        // and then grows: twice the target
  EXPECT_NEAR(weight_at(2.5), 2 * std::exp(0.1), 1e-5);       // and then shrinks by half the rate
  EXPECT_NEAR(weight_at(5), 2 * std::exp(0.1 - 0.05), 1e-5);  // and then stays
  {
    const torch::NoGradGuard evaluation;
    weight_at(100);
  }
  EXPECT_NEAR(weight_at(5), 2 * std::exp(0.05), 1e-5);
  EXPECT_EQ(controlled->buffers().size(), 1u);  // so that a checkpoint keeps it
}

TEST(Kl, HasOneWayToSayHowMuchTheLatentsMayCarry) {
  expect_error([] { kl(R"({"capacity": 3, "free_nats": 1})"); },
               "test.json: kl.free_nats: given beside capacity; expected one of the two");
  expect_error([] { kl(R"({"target": 3, "weight": 0})"); },
               "test.json: kl.weight: got 0 beside target; expected the weight to begin with");
  expect_error([] { kl(R"({"target": 3, "warmup_epochs": 1})"); },
               "test.json: kl.warmup_epochs: given beside target, which moves the weight itself; "
               "expected one of the two");
}

Latent code(const Tensor& z) { return {.z = z, .code = z}; }

TEST(CodeNorm, HalfTheSumOfSquaresMeanOverTheBatch) {
  const Tensor z = torch::tensor({{3.0f, 4.0f}, {0.0f, -2.0f}}).requires_grad_();
  const auto norm = penalty("code_norm", R"({"weight": 3})", kRelu);
  const PenaltyValue value = value_of_latents(*norm, {.z = z, .code = z, .posterior = {}});
  EXPECT_NEAR(value.terms.at(0).item<double>(), 0.5 * (25 + 4) / 2, 1e-6);
  EXPECT_NEAR(value.added.item<double>(), 3 * 7.25, 1e-6);
  value.added.backward();
  expect_tensor_near(z.grad(), 1.5 * z.detach(), 1e-6);
}

TEST(CodeNorm, NeedsAPoint) {
  const auto plan = objective_plan(R"({"code_norm": {}})", true);
  const auto model = make_model(kGaussian, {1, 4, 4});
  expect_error([&] { plan.make(*model, 0, 0); },
               "test.json: objective.code_norm: kl already bounds the latents of a gaussian "
               "bottleneck; expected model.bottleneck \"point\"");
}

TEST(SparsityL1, SumsOverTheCodeAndAveragesOverTheBatch) {
  const auto l1 = penalty("sparsity_l1", R"({"weight": 0.5})", kRelu);
  const auto [sum, added] = value_of(*l1, code(torch::tensor({{1.0f, -2.0f}, {3.0f, 0.0f}})));
  EXPECT_NEAR(sum, 3, 1e-6);
  EXPECT_NEAR(added, 1.5, 1e-6);
}

// Units with means 0.5 and 0.05 under the target 0.05: 0.05 log 0.1 + 0.95 log 1.9, and 0.
TEST(SparsityKl, ComparesMeanActivations) {
  const auto kl = penalty("sparsity_kl", R"({"weight": 2, "target": 0.05})", kSigmoid);
  const auto [divergence, added] = value_of(*kl, code(torch::tensor({{0.9f, 0.1f}, {0.1f, 0.0f}})));
  EXPECT_NEAR(divergence, 0.494632, 1e-5);
  EXPECT_NEAR(added, 0.989264, 1e-5);
  EXPECT_TRUE(std::isfinite(value_of(*kl, code(torch::tensor({{1.0f, 0.0f}}))).first));
}

TEST(Penalty, ThatDoesNotFitTheBottleneckIsRefused) {
  expect_error([] { penalty("sparsity_l1", "{}", R"({"encoder": "dense"})"); },
               "test.json: sparsity_l1: a gaussian bottleneck has no activations to make sparse; "
               "expected model.bottleneck {\"name\": \"point\", \"activation\": \"relu\"}");
  for (const std::string& model : {kRelu, std::string(R"({"encoder": "dense"})")}) {
    expect_error(
        [&] { penalty("sparsity_kl", "{}", model); },
        "test.json: sparsity_kl: compares mean activations from 0 to 1, but this code is "
        "not limited to them; expected model.bottleneck {\"name\": \"point\", \"activation\": "
        "\"sigmoid\"}");
  }
  expect_error([] { penalty("sparsity_kl", R"({"target": 1})", kSigmoid); },
               "test.json: sparsity_kl.target: got 1; expected a number > 0 and < 1");
}

TEST(Penalty, ThatMakesTheCodeSparseIsKnownToTheObjective) {
  const auto sparse = [](const std::string& options) {
    return objective_plan(options, false).make(*make_model(kRelu, {1, 4, 4}), 0, 0)->sparse();
  };
  EXPECT_TRUE(sparse(R"({"sparsity_l1": {}})"));
  EXPECT_FALSE(sparse("{}"));
}

}  // namespace
}  // namespace latent
