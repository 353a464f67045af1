// Activations, normalisations, and their order.
#include "model/activation.h"

#include <cmath>
#include <map>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// The layers that follow a linear part, from a config of their options, as a network.
std::shared_ptr<Network> block(const std::string& options, int64_t features, bool spatial) {
  Config config = Config::parse(options, "c.json");
  BlockOptions after;
  Section root = config.root();
  after.read(root);
  config.check_all_read();
  auto network = std::make_shared<Network>();
  after.add_to(*network, "1", features, spatial, "model.encoder");
  return network;
}

TEST(Activation, EveryNameComputesItsFunction) {
  const Tensor x = torch::tensor({-2.0, 0.0, 3.0});
  const double e2 = std::exp(-2.0), s2 = 1 / (1 + std::exp(2.0)), s3 = 1 / (1 + std::exp(-3.0));
  const auto gelu = [](double v) { return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0))); };
  const std::map<std::string, std::vector<double>> expected{
      {"none", {-2, 0, 3}},
      {"relu", {0, 0, 3}},
      {"leaky_relu", {-0.6, 0, 3}},
      {"elu", {e2 - 1, 0, 3}},
      {"silu", {-2 * s2, 0, 3 * s3}},
      {"gelu", {gelu(-2), 0, gelu(3)}},
      {"tanh", {std::tanh(-2.0), 0, std::tanh(3.0)}},
      {"sigmoid", {s2, 0.5, s3}},
      {"softplus", {std::log1p(e2), std::log(2.0), 3 + std::log1p(std::exp(-3.0))}}};
  EXPECT_EQ(activation_names().size(), expected.size());
  for (const auto& name : activation_names()) {
    SCOPED_TRACE(name);
    // A few roundings of terms up to |x| and 1.
    expect_tensor_near(activate(name, x, 0.3), torch::tensor(expected.at(name)),
                       8 * kRounding * (x.abs() + 1));
  }
}

std::shared_ptr<Layer> layer_called(const Network& network, const std::string& name) {
  return std::dynamic_pointer_cast<Layer>(network.named_children()[name]);
}

// In place behind a convolution, whose output nothing reads again; not on the caller's value, and
// not behind a layer whose output is its input or is needed by its backward pass.
TEST(Activation, OverwritesOnlyWhatNothingReadsAgain) {
  for (const std::string activation : {"relu", "leaky_relu"}) {
    SCOPED_TRACE(activation);
    BlockOptions after;
    after.activation = activation;
    after.dropout = 0.1;
    Network network;
    EXPECT_FALSE(network.output_is_free());
    after.add_to(network, "_first", 4, true, "model.encoder");
    network.add("conv", make_conv(4, 4, 3, 1));
    after.add_to(network, "_free", 4, true, "model.encoder");
    after.dropout = 0;
    after.add_to(network, "_dropped", 4, true, "model.encoder");
    network.add("again", make_activation(activation, 0.01, network.output_is_free()));
    for (const std::string name : {"act_first", "act_free", "act_dropped", "again"}) {
      SCOPED_TRACE(name);
      const Tensor x = normal({2, 4, 5, 5}), before = x.clone();
      const Tensor y = layer_called(network, name)->forward(x);
      EXPECT_TRUE(torch::equal(y, activate(activation, before)));
      EXPECT_TRUE(torch::equal(x, name == "act_free" ? y : before));
    }
  }
}

// As in a residual block that begins with an activation: x + f(x).
TEST(Activation, LeavesTheInputOfANetworkToASkipConnection) {
  BlockOptions after;
  Network block;
  after.add_to(block, "1", 4, true, "model.encoder");
  block.add("conv", make_conv(4, 4, 3, 1));
  auto weights = generator(0, Stream::kWeights);
  block.initialize(Initialization::kTorch, weights);
  for (const bool kernels : {false, true}) {
    block.use_kernels(kernels);
    const Tensor x = normal({2, 4, 5, 5}), before = x.clone();
    const Tensor y = x + block.forward(x);
    EXPECT_TRUE(torch::equal(x, before));
    EXPECT_FALSE(torch::equal(y, before));
  }
}

// Rounding of normalised values: x - mean keeps the roundings of x and of the mean, and is divided
// by the deviation. The factor is for the mean's sum, in any order, and for the other operations.
double rounding_of_normalised(const Tensor& x) {
  return 8 * kRounding * (x.abs().max() / x.std()).item<double>();
}

TEST(Normalization, BatchNormalisesEachChannel) {
  const auto network =
      block(R"({"activation": "none", "normalization": {"name": "batch", "momentum": 0.01,
                                 "epsilon": 1e-3}})",
            3, true);
  const Tensor x = 5 + 2 * uniform({8, 3, 4, 4});
  const Tensor mean = x.mean(at::IntArrayRef{0, 2, 3}), var = x.var(at::IntArrayRef{0, 2, 3});
  const auto shaped = [](const Tensor& t) { return t.view({1, 3, 1, 1}); };
  const double biased = 127.0 / 128;
  expect_tensor_near(network->forward(x), (x - shaped(mean)) / (shaped(var) * biased + 1e-3).sqrt(),
                     rounding_of_normalised(x));
  const auto statistics = network->named_buffers();
  expect_tensor_near(statistics["norm1.running_mean"], 0.01 * mean, 1e-5);
  expect_tensor_near(statistics["norm1.running_var"], 0.99 + 0.01 * var, 1e-5);
  network->eval();
  const Tensor running_mean = 0.01 * mean, running_var = 0.99 + 0.01 * var;
  expect_tensor_near(network->forward(x),
                     (x - shaped(running_mean)) / (shaped(running_var) + 1e-3).sqrt(),
                     rounding_of_normalised(x));
}

// The variance is unknown, for example for a last batch of one image after a dense layer.
TEST(Normalization, BatchOfOneValuePerChannelKeepsTheVariance) {
  const auto network = block(
      R"({"activation": "none", "normalization": {"name": "batch", "momentum": 0.25}})", 3, false);
  const auto statistics = network->named_buffers();
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    SCOPED_TRACE(type);
    statistics["norm1.running_mean"].zero_();
    const Tensor x = torch::tensor({{4.0F, 8.0F, -2.0F}}).to(type).set_requires_grad(true);
    for (const Tensor& shaped : {x, x.view({1, 3, 1, 1})}) {
      const Tensor y = network->forward(shaped);
      expect_tensor_near(y.to(at::kFloat), torch::zeros(shaped.sizes()), 0);
      y.sum().backward();
    }
    expect_tensor_near(x.grad().to(at::kFloat), torch::zeros({1, 3}), 0);
    expect_tensor_near(statistics["norm1.running_mean"],
                       torch::tensor({4.0F, 8.0F, -2.0F}) * (1 - 0.75 * 0.75), 1e-6);
    expect_tensor_near(statistics["norm1.running_var"], torch::ones({3}), 0);
  }
  network->forward(torch::tensor({{1.0F, 0.0F, 2.0F}, {3.0F, 0.0F, -2.0F}}));
  expect_tensor_near(statistics["norm1.running_var"],
                     0.75 + 0.25 * torch::tensor({2.0F, 0.0F, 8.0F}), 1e-6);
}

TEST(Normalization, GroupAndLayerNormaliseEachImage) {
  const Tensor x = 3 + uniform({2, 4, 5, 5});
  const auto group =
      block(R"({"activation": "none", "normalization": {"name": "group", "groups": 2}})", 4, true);
  const Tensor groups = group->forward(x).view({2, 2, 50});
  expect_tensor_near(groups.mean(2), torch::zeros({2, 2}), rounding_of_normalised(x));
  expect_tensor_near(groups.var(2, false), torch::ones({2, 2}), 1e-3);
  const auto layer = block(R"({"activation": "none", "normalization": "layer"})", 4, true);
  expect_tensor_near(layer->forward(x).view({2, 100}).mean(1), torch::zeros({2}),
                     rounding_of_normalised(x));
  expect_error([] { block(R"({"normalization": {"name": "group", "groups": 3}})", 4, true); },
               "model.encoder.normalization.groups: 3 groups do not divide 4 channels; "
               "expected a divisor of every layer's channels");
}

TEST(Normalization, BeforeOrAfterTheActivation) {
  const auto names = [](const std::string& position) {
    std::string text;
    const auto network = block(
        R"({"dropout": 0.1, "normalization": {"name": "batch", "position": ")" + position + "\"}}",
        4, true);
    for (const auto& child : network->named_children())
      text += child.key() + " ";
    return text;
  };
  EXPECT_EQ(names("before"), "norm1 act1 dropout1 ");
  EXPECT_EQ(names("after"), "act1 norm1 dropout1 ");
}

}  // namespace
}  // namespace latent
