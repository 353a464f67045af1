// Bottlenecks: codes with and without noise, and their range.
#include "model/bottleneck.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

TEST(Bottleneck, WithoutAGeneratorZIsTheMean) {
  const auto model = make_model(R"({"encoder": "dense", "latent_dim": 3})", {1, 8, 8});
  const Latent latent = model->encode(uniform({5, 1, 8, 8}));
  EXPECT_TRUE(torch::equal(latent.z, latent.code));
  EXPECT_EQ(latent.posterior->logvar.sizes(), (std::vector<int64_t>{5, 3}));
  EXPECT_TRUE(model->bottleneck().has_posterior());
  EXPECT_TRUE(model->bottleneck().prior()->is_standard_normal());
}

TEST(Bottleneck, SamplesAreMeanPlusSigmaTimesNoise) {
  const auto model = make_model(R"({"encoder": "dense", "latent_dim": 3})", {1, 8, 8});
  const Tensor images = uniform({5, 1, 8, 8});
  const Latent latent = model->encode(images, {}, generator(0, Stream::kLatents));
  const Tensor noise = torch::empty({5, 3}).normal_(0, 1, generator(0, Stream::kLatents));
  const Tensor moved = noise * (0.5 * latent.posterior->logvar).exp();
  expect_tensor_near(latent.z, latent.code + moved,
                     8 * kRounding * (latent.code.abs() + moved.abs()));
  EXPECT_TRUE(torch::equal(latent.code, model->encode(images).code));
}

TEST(Bottleneck, PointIsOneCodePerImage) {
  for (const auto& [activation, low, high] : std::vector<std::tuple<std::string, double, double>>{
           {"none", -1e9, 1e9}, {"relu", 0, 1e9}, {"sigmoid", 0, 1}}) {
    const auto model = make_model(R"({"encoder": "dense", "latent_dim": 16,
        "bottleneck": {"name": "point", "activation": ")" +
                                      activation + "\"}}",
                                  {1, 8, 8});
    const Latent latent = model->encode(normal({50, 1, 8, 8}), {}, generator(0, Stream::kLatents));
    EXPECT_TRUE(torch::equal(latent.z, latent.code));
    EXPECT_FALSE(latent.posterior);
    EXPECT_FALSE(model->bottleneck().has_posterior());
    EXPECT_EQ(model->bottleneck().prior(), nullptr);
    EXPECT_GE(latent.z.min().item<double>(), low);
    EXPECT_LE(latent.z.max().item<double>(), high);
    if (activation == "none") {
      EXPECT_LT(latent.z.min().item<double>(), 0);
    }
  }
}

TEST(Bottleneck, KnowsTheRangeOfItsCodes) {
  const auto within = [](const std::string& options) {
    Config config = Config::parse(options, "x");
    Section root = config.root();
    const auto bottleneck = bottlenecks().find("point", "x").configure(root).make({3}, 3);
    return bottleneck->nearest_valid(torch::tensor({{-1.0f, 0.5f, 2.0f}}));
  };
  expect_tensor_near(within("{}"), torch::tensor({{-1.0, 0.5, 2.0}}), 0);
  expect_tensor_near(within(R"({"activation": "relu"})"), torch::tensor({{0.0, 0.5, 2.0}}), 0);
  expect_tensor_near(within(R"({"activation": "sigmoid"})"), torch::tensor({{0.0, 0.5, 1.0}}), 0);
}

}  // namespace
}  // namespace latent
