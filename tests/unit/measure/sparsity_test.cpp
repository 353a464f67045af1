// The penalties that make a code sparse, and the figures that tell how sparse it is.
#include "measure/sparsity.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::string kRelu =
    R"({"encoder": "dense", "bottleneck": {"name": "point", "activation": "relu"}})";
const std::string kSigmoid =
    R"({"encoder": "dense", "bottleneck": {"name": "point", "activation": "sigmoid"}})";

std::unique_ptr<Penalty> penalty(const std::string& name, const std::string& options,
                                 const std::string& model) {
  Config config = Config::parse("{\"" + name + "\": " + options + "}", "test.json");
  Section section = config.root().section(name);
  auto maker = penalties().find(name, "test").configure(section);
  config.check_all_read();
  return maker(make_model(model, {1, 4, 4})->bottleneck());
}

Latent code(const Tensor& z) { return {.z = z, .mean = z, .logvar = {}}; }

TEST(Sparsity, L1SumsOverTheCodeAndAveragesOverTheBatch) {
  const auto l1 = penalty("sparsity_l1", R"({"weight": 0.5})", kRelu);
  const Tensor value = l1->value(code(torch::tensor({{1.0f, -2.0f}, {3.0f, 0.0f}})));
  EXPECT_NEAR(value.item<double>(), 3, 1e-6);
  EXPECT_NEAR(l1->weighted(value).item<double>(), 1.5, 1e-6);
}

// Units with means 0.5 and 0.05 under the target 0.05: 0.05 log 0.1 + 0.95 log 1.9, and 0.
TEST(Sparsity, KlComparesMeanActivations) {
  const auto kl = penalty("sparsity_kl", R"({"weight": 2, "target": 0.05})", kSigmoid);
  const Tensor value = kl->value(code(torch::tensor({{0.9f, 0.1f}, {0.1f, 0.0f}})));
  EXPECT_NEAR(value.item<double>(), 0.494632, 1e-5);
  EXPECT_NEAR(kl->weighted(value).item<double>(), 0.989264, 1e-5);
  const Tensor extreme = kl->value(code(torch::tensor({{1.0f, 0.0f}})));
  EXPECT_TRUE(extreme.isfinite().item<bool>());
}

TEST(Sparsity, APenaltyThatDoesNotFitTheBottleneck) {
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

TEST(Sparsity, ActiveAndDeadUnits) {
  const Tensor codes =
      torch::tensor({{1.0f, 0.0f, 0.0f}, {0.005f, -0.5f, 0.0f}, {0.5f, 1.0f, 0.0f}});
  const auto got = sparsity(codes, false);
  EXPECT_NEAR(got.mean_activation, 3.005 / 9, 1e-6);
  EXPECT_NEAR(got.active, 4.0 / 3, 1e-12);  // 0.005 is below a hundredth of the unit's largest
  EXPECT_NEAR(got.active_share, 4.0 / 9, 1e-12);
  EXPECT_EQ(got.dead_units, 1);
  const Tensor sigmoid = torch::tensor({{0.5f, 0.009f, 0.02f}, {0.5f, 1e-4f, 1e-4f}});
  EXPECT_EQ(sparsity(sigmoid, false).dead_units, 0);
  EXPECT_EQ(sparsity(sigmoid, true).dead_units, 1);
}

TEST(Sparsity, TheObjectiveKnowsIt) {
  const auto sparse = [](const std::string& options) {
    return objective_plan(options, false).make(*make_model(kRelu, {1, 4, 4}))->sparse();
  };
  EXPECT_TRUE(sparse(R"({"sparsity_l1": {}})"));
  EXPECT_FALSE(sparse("{}"));
}

}  // namespace
}  // namespace latent
