// Bottlenecks of codes: vectors replaced by the nearest code, latents rounded to levels.
#include "model/codebook.h"

#include <ATen/ATen.h>

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

using Shape = std::vector<int64_t>;

std::shared_ptr<Bottleneck> make_codes(const std::string& name, const std::string& options,
                                       const Shape& features, int64_t depth) {
  Config config = Config::parse(options, "x");
  Section root = config.root();
  const auto made = bottlenecks().find(name, "x").configure(root).make(features, depth);
  config.check_all_read();
  return made;
}

Tensor named_tensor(Bottleneck& bottleneck, const std::string& name) {
  for (const auto& items : {bottleneck.named_parameters(), bottleneck.named_buffers()}) {
    if (const Tensor* found = items.find(name)) return *found;
  }
  TORCH_CHECK(false, "no tensor ", name);
}

void set_tensor(Bottleneck& bottleneck, const std::string& name, const Tensor& values) {
  const torch::NoGradGuard no_grad;
  Tensor to = named_tensor(bottleneck, name);
  to.copy_(values.view(to.sizes()));
}

// Vectors of one number that are the features themselves, and the codes 0 and 10.
std::shared_ptr<Bottleneck> two_codes(const std::string& options) {
  const auto made = make_codes("vq", options, {1, 1, 2}, 1);
  set_tensor(*made, "vectors.weight", torch::tensor({1.0}));
  set_tensor(*made, "vectors.bias", torch::tensor({0.0}));
  set_tensor(*made, "codes", torch::tensor({0.0, 10.0}));
  return made;
}

Tensor two_images() { return torch::tensor({1.0F, 9.0F, 2.0F, 3.0F}).view({2, 1, 1, 2}); }

TEST(VectorQuantizer, EachVectorIsReplacedByTheNearestCode) {
  const auto made = two_codes(R"({"codes": 2})");
  made->eval();
  const Latent latent = made->forward(two_images(), std::nullopt);
  expect_tensor_near(latent.z.flatten(), torch::tensor({0.0, 10.0, 0.0, 0.0}), 1e-6);
  // 0.25 times the mean of 1 + 1 and 4 + 9.
  ASSERT_EQ(latent.losses.size(), 1u);
  EXPECT_NEAR(latent.losses[0].value.item<double>(), 0.25 * 7.5, 1e-6);
  EXPECT_EQ(made->loss_names(), std::vector<std::string>{"commitment"});
  EXPECT_FALSE(latent.posterior);
  expect_tensor_near(named_tensor(*made, "codes").flatten(), torch::tensor({0.0, 10.0}), 0);
}

TEST(VectorQuantizer, CodesFollowTheMeansOfTheirVectors) {
  const auto made = two_codes(R"({"codes": 2, "decay": 0.9, "revive": 0})");
  set_tensor(*made, "counts", torch::tensor({1.0, 1.0}));
  set_tensor(*made, "sums", torch::tensor({0.0, 10.0}));
  made->train();
  const Latent latent = made->forward(two_images(), std::nullopt);
  // The codes of this step are those from before it.
  expect_tensor_near(latent.z.flatten(), torch::tensor({0.0, 10.0, 0.0, 0.0}), 1e-6);
  // 0.9 + 0.1 * 3 vectors of sum 6; 0.9 + 0.1 * 1 vector of 9.
  expect_tensor_near(named_tensor(*made, "counts"), torch::tensor({1.2, 1.0}), 1e-6);
  expect_tensor_near(named_tensor(*made, "sums").flatten(), torch::tensor({0.6, 9.9}), 1e-6);
  expect_tensor_near(named_tensor(*made, "codes").flatten(), torch::tensor({0.5, 9.9}), 1e-3);
}

TEST(VectorQuantizer, UnusedCodesBecomeVectorsOfTheBatch) {
  const auto made = two_codes(R"({"codes": 2, "decay": 0.9, "revive": 0.1})");
  EXPECT_TRUE(made->draws_in_training());
  EXPECT_FALSE(made->is_noisy());
  set_tensor(*made, "counts", torch::tensor({2.0, 0.1}));  // of 2 on the average
  set_tensor(*made, "sums", torch::tensor({0.0, 1.0}));
  made->train();
  made->forward(two_images(), generator(0, Stream::kLatents));
  const Tensor codes = named_tensor(*made, "codes").flatten();
  EXPECT_LT(codes[0].item<double>(), 1.0);  // used: it moved by a tenth only
  EXPECT_NE(codes[1].item<double>(), 10.0);
  EXPECT_LT(codes[1].item<double>(), 9.5);
  // As many as the least that is used, then 0.9 of it and a tenth of its vectors.
  EXPECT_GE(named_tensor(*made, "counts")[1].item<double>(), 0.9 * 0.2 + 0.1 - 1e-6);
  // The same noise, the same codes.
  const auto again = two_codes(R"({"codes": 2, "decay": 0.9, "revive": 0.1})");
  set_tensor(*again, "counts", torch::tensor({2.0, 0.1}));
  set_tensor(*again, "sums", torch::tensor({0.0, 1.0}));
  again->train();
  again->forward(two_images(), generator(0, Stream::kLatents));
  EXPECT_TRUE(torch::equal(codes, named_tensor(*again, "codes").flatten()));
}

TEST(VectorQuantizer, GradientsPassAsIfNothingWereReplaced) {
  const auto made = two_codes(R"({"codes": 2, "update": "gradient", "commitment": 0})");
  made->eval();
  EXPECT_EQ(made->loss_names(), (std::vector<std::string>{"commitment", "codebook"}));
  const Latent latent = made->forward(two_images(), std::nullopt);
  latent.z.sum().backward();
  EXPECT_NEAR(named_tensor(*made, "vectors.weight").grad().item<double>(), 1 + 9 + 2 + 3, 1e-5);
  latent.losses[1].value.backward();
  // d/dc of the mean of (c - v)^2: code 0 is 1, 2 and 3 away from its vectors, code 1 is 1 away.
  expect_tensor_near(named_tensor(*made, "codes").grad().flatten(),
                     torch::tensor({(-2.0 - 4.0 - 6.0) / 2, 2.0 / 2}), 1e-5);
}

// A vector (1, 0) whose code is (0, 2): turned by a right angle and scaled by 2.
TEST(VectorQuantizer, GradientsAreTurnedWithTheVectors) {
  const auto made = make_codes("vq", R"({"codes": 2, "estimator": "rotation"})", {2, 1, 1}, 2);
  set_tensor(*made, "vectors.weight", torch::eye(2));
  set_tensor(*made, "vectors.bias", torch::zeros({2}));
  set_tensor(*made, "codes", torch::tensor({0.0, 2.0, 9.0, 9.0}));
  made->eval();
  const Tensor features = torch::tensor({1.0F, 0.0F}).view({1, 2, 1, 1}).requires_grad_();
  const Latent latent = made->forward(features, std::nullopt);
  expect_tensor_near(latent.z.flatten(), torch::tensor({0.0, 2.0}), 1e-6);
  latent.z.flatten()[0].backward();
  expect_tensor_near(features.grad().flatten(), torch::tensor({0.0, -2.0}), 1e-5);
}

TEST(VectorQuantizer, IndicesAndLatentsAreInverse) {
  const auto model = make_model(
      R"({"encoder": {"channels": [4, 8]}, "bottleneck": {"name": "vq", "codes": 7}, "latent_dim": 3})",
      {1, 8, 8});
  const Codebook* codes = model->bottleneck().codebook();
  ASSERT_NE(codes, nullptr);
  EXPECT_EQ(codes->size(), 7);
  EXPECT_EQ(codes->places(), 4);
  EXPECT_EQ(codes->width(), 2);
  EXPECT_EQ(model->latent_dim(), 12);
  for (auto& item : model->named_buffers()) {
    if (item.key() == "bottleneck.codes") item.value().copy_(normal({7, 3}));
  }
  const Tensor indices = torch::tensor({0, 6, 3, 2, 5, 5, 1, 4}, at::kLong).view({2, 4});
  const Tensor z = codes->latents(indices);
  EXPECT_EQ(z.sizes(), (Shape{2, 12}));
  EXPECT_TRUE(torch::equal(codes->indices(z), indices));
  // Channel by channel: the latents of place 1 are at 1, 5 and 9.
  expect_tensor_near(z[0].view({3, 4}).select(1, 1),
                     codes->latents(torch::full({1, 4}, 6))[0].view({3, 4}).select(1, 0), 0);
  auto noise = generator(0, Stream::kSample);
  EXPECT_EQ(model->bottleneck().prior()->sample(5, 1, noise).sizes(), (Shape{5, 12}));
}

std::shared_ptr<Bottleneck> scalars() {
  const auto made = make_codes("fsq", R"({"levels": [3, 2]})", {2, 1, 3}, 2);
  set_tensor(*made, "values.weight", torch::eye(2));
  set_tensor(*made, "values.bias", torch::zeros({2}));
  made->eval();
  return made;
}

TEST(FiniteScalars, LatentsAreRoundedToLevels) {
  const auto made = scalars();
  // Far below, at and far above 0: levels -1, 0, 1 of three, and -1, 0 of two.
  const Tensor features = torch::tensor({-9.0F, 0.0F, 9.0F, -9.0F, 0.1F, 9.0F}).view({1, 2, 1, 3});
  const Latent latent = made->forward(features, std::nullopt);
  expect_tensor_near(latent.z.flatten(), torch::tensor({-1.0, 0.0, 1.0, -1.0, 0.0, 0.0}), 1e-6);
  EXPECT_TRUE(latent.losses.empty());
  EXPECT_FALSE(made->draws_in_training());
  // The first level counts ones, the second threes.
  EXPECT_TRUE(torch::equal(made->codebook()->indices(latent.z.flatten(1)),
                           torch::tensor({{0, 4, 5}}, at::kLong)));
}

TEST(FiniteScalars, EveryCodeHasLatents) {
  const auto made = scalars();
  const Codebook& codes = *made->codebook();
  EXPECT_EQ(codes.size(), 6);
  const Tensor indices = torch::arange(6, at::kLong).view({2, 3});
  EXPECT_TRUE(torch::equal(codes.indices(codes.latents(indices)), indices));
}

TEST(FiniteScalars, GradientsPassTheRounding) {
  const auto made = scalars();
  const Tensor features = torch::full({1, 2, 1, 3}, 0.2F).requires_grad_();
  made->forward(features, std::nullopt).z.sum().backward();
  // d/dx of tanh(x) 1.001 / 1 for three levels.
  const double slope = 1 - std::tanh(0.2) * std::tanh(0.2);
  EXPECT_NEAR(features.grad()[0][0][0][0].item<double>(), 1.001 * slope, 1e-5);
}

TEST(FiniteScalars, LevelsMustFitTheLatents) {
  const auto model = [](const std::string& more) {
    return error_of([&] {
      make_model(R"({"encoder": {"channels": [4]}, "bottleneck": {"name": "fsq", )" + more,
                 {1, 8, 8});
    });
  };
  EXPECT_EQ(model(R"("levels": [8, 5]}, "latent_dim": 3})"),
            "test.json: model.bottleneck.levels: 2 levels for latents of 3; expected "
            "model.latent_dim 2");
  EXPECT_EQ(model(R"("levels": [8, 5, 5]}, "latent_dim": 3})"), "");
  EXPECT_EQ(model(R"("levels": []}, "latent_dim": 3})"), "");
  EXPECT_EQ(model(R"("levels": [256, 256, 2]}, "latent_dim": 3})"),
            "test.json: model.bottleneck.levels: 131072 codes; expected levels whose product is "
            "from 2 to 65536");
}

}  // namespace
}  // namespace latent
