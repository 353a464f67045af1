// Parameters in one flat buffer, and optimizers that agree with LibTorch's own.
#include "train/optimizer/optimizer.h"

#include <torch/optim.h>

#include <cmath>

#include "model/layers.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

std::shared_ptr<Network> make_network(uint64_t seed = 0) {
  auto network = std::make_shared<Network>();
  network->add("conv", make_conv(3, 4, 3, 2));
  network->add("flatten", make_flatten());
  network->add("dense", make_dense(64, 5));
  auto weights = generator(seed, Stream::kWeights);
  network->initialize(Initialization::kTorch, weights);
  return network;
}

// The network without an activation in double precision: what it computes, and the sums of that
// over absolute values.
struct Exact {
  Exact() {
    network->to(at::kDouble);
    absolute->to(at::kDouble);
    const torch::NoGradGuard no_grad;
    for (Tensor& parameter : absolute->parameters())
      parameter.abs_();
  }
  std::shared_ptr<Network> network = make_network(), absolute = make_network();
};

// Terms in the sums of the two layers, one after the other, forward; and backward, of two images.
constexpr double kForwardTerms = (3 * 9 + 1) + (64 + 1), kBackwardTerms = 5 + 2 * 16;

TEST(FlatParameters, KeepTheirValues) {
  const auto network = make_network(), twin = make_network();
  const FlatParameters flat({{"model.", network.get()}});
  EXPECT_EQ(flat.values().sizes(), std::vector<int64_t>{count_parameters(*twin)});
  const auto now = network->named_parameters(), before = twin->named_parameters();
  for (const auto& [name, view] : flat.views(flat.values())) {
    ASSERT_TRUE(name.starts_with("model."));
    expect_tensor_near(view, before[name.substr(6)], 0);
    expect_tensor_near(now[name.substr(6)], before[name.substr(6)], 0);
  }
  const Tensor images = uniform({2, 3, 8, 8}), exact = images.to(at::kDouble);
  expect_tensor_near(network->forward(images), Exact().network->forward(exact),
                     rounding(Exact().absolute->forward(exact), kForwardTerms));
}

TEST(FlatParameters, ParametersAreViewsOfTheBuffer) {
  const auto network = make_network();
  const FlatParameters flat({{"", network.get()}});
  flat.values().fill_(0.25);
  for (const auto& parameter : network->parameters()) {
    expect_tensor_near(parameter, torch::full_like(parameter, 0.25), 0);
    EXPECT_TRUE(parameter.requires_grad());
  }
  EXPECT_FALSE(flat.values().requires_grad());
}

TEST(FlatParameters, ConvolutionsKeepChannelsLast) {
  const auto network = make_network();
  const FlatParameters flat({{"", network.get()}});
  const auto parameters = network->named_parameters();
  EXPECT_EQ(parameters["conv.weight"].strides(), (std::vector<int64_t>{27, 1, 9, 3}));
  EXPECT_TRUE(parameters["conv.weight"].is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(parameters["dense.weight"].is_contiguous());
}

TEST(FlatParameters, GradientsArriveInTheFlatBuffer) {
  const auto network = make_network();
  FlatParameters flat({{"", network.get()}});
  const Tensor images = uniform({2, 3, 8, 8});
  const Exact exact;
  for (const auto& each : {exact.network, exact.absolute})
    each->forward(images.to(at::kDouble)).square().sum().backward();
  const void* storage = flat.gradients().data_ptr();
  for (int pass = 1; pass <= 2; ++pass) {  // nothing stays of the first
    flat.drop_gradients();
    network->forward(images).square().sum().backward();
    flat.gather_gradients();
    const auto expected = exact.network->named_parameters(),
               terms = exact.absolute->named_parameters();
    for (const auto& [name, view] : flat.views(flat.gradients())) {
      expect_tensor_near(view, expected[name].grad(),
                         rounding(terms[name].grad(), kForwardTerms + kBackwardTerms));
    }
  }
  EXPECT_EQ(flat.gradients().data_ptr(), storage);
  flat.drop_gradients();
  flat.gather_gradients();
  EXPECT_EQ(flat.gradients().abs().max().item<double>(), 0);
}

TEST(FlatParameters, SeveralModules) {
  const auto a = make_network(1), b = make_network(2);
  const FlatParameters flat({{"a.", a.get()}, {"b.", b.get()}});
  EXPECT_EQ(flat.values().numel(), 2 * count_parameters(*a));
  expect_tensor_near(a->parameters().front(), make_network(1)->parameters().front(), 0);
  expect_tensor_near(b->parameters().back(), make_network(2)->parameters().back(), 0);
  EXPECT_EQ(flat.views(flat.values()).front().first, "a.conv.weight");
  EXPECT_EQ(flat.views(flat.values()).back().first, "b.dense.bias");
}

// Seen on the device that has shapes only; the CPU's buffer stays dense.
TEST(FlatParameters, EachBeginsAtAMultipleOf64BytesOnADevice) {
  torch::nn::Module module;
  const std::vector<std::vector<int64_t>> sizes{{4, 3, 3, 3}, {4}, {5, 64}, {2}};
  for (size_t i = 0; i < sizes.size(); ++i)
    module.register_parameter(std::to_string(i), torch::empty(sizes[i], c10::kMeta));
  const FlatParameters flat({{"", &module}});
  EXPECT_EQ(flat.values().numel(), 112 + 16 + 320 + 16);
  const auto views = flat.views(flat.gradients());
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(views[i].second.storage_offset() % 16, 0) << i;
    EXPECT_EQ(views[i].second.sizes(), c10::IntArrayRef(sizes[i])) << i;
  }
}

OptimizerOptions options_of(const std::string& text) {
  Config config = Config::parse("{\"optimizer\": " + text + "}", "test.json");
  OptimizerOptions options;
  Section root = config.root();
  options.read(root);
  config.check_all_read();
  return options;
}

// Twenty steps of ours, and of `make`'s in double precision, on equal weights with equal gradients.
template <class Make>
void expect_equal_steps(const std::string& text, Make make) {
  const auto network = make_network(), twin = make_network();
  FlatParameters flat({{"", network.get()}});
  const auto ours = make_optimizer(options_of(text), flat);
  twin->to(at::kDouble);
  auto theirs = make(twin->parameters());
  const auto theirs_by_name = twin->named_parameters();
  // A weight is the sum of where it began and of its steps, each of which takes some operations.
  constexpr uint64_t kSteps = 20, kOperations = 5;
  std::map<std::string, Tensor> terms;
  for (const auto& item : theirs_by_name)
    terms[item.key()] = item.value().detach().abs();
  for (uint64_t step = 0; step < kSteps; ++step) {
    std::map<std::string, Tensor> before;
    for (const auto& item : theirs_by_name)
      before[item.key()] = item.value().detach().clone();
    flat.gradients().copy_(normal(flat.gradients().sizes(), step));
    for (const auto& [name, view] : flat.views(flat.gradients())) {
      Tensor parameter = theirs_by_name[name];
      parameter.mutable_grad() = view.to(at::kDouble);
    }
    ours->step();
    theirs.step();
    for (const auto& item : theirs_by_name)
      terms[item.key()] += (item.value().detach() - before[item.key()]).abs();
  }
  for (const auto& [name, view] : flat.views(flat.values())) {
    SCOPED_TRACE(name);
    expect_tensor_near(view, theirs_by_name[name], rounding(terms[name], kSteps * kOperations));
  }
}

TEST(Optimizer, AdamIsLibTorchs) {
  using Options = torch::optim::AdamOptions;
  expect_equal_steps(R"({"learning_rate": 0.01})",
                     [](auto p) { return torch::optim::Adam(p, Options(0.01)); });
  expect_equal_steps(
      R"({"name": "adam", "learning_rate": 0.02, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3, "weight_decay": 0.1})",
      [](auto p) {
        return torch::optim::Adam(p, Options(0.02).betas({0.5, 0.9}).eps(1e-3).weight_decay(0.1));
      });
}

TEST(Optimizer, AdamWIsLibTorchs) {
  expect_equal_steps(
      R"({"name": "adamw", "learning_rate": 0.01, "weight_decay": 0.2})", [](auto p) {
        return torch::optim::AdamW(p, torch::optim::AdamWOptions(0.01).weight_decay(0.2));
      });
}

TEST(Optimizer, SgdIsLibTorchs) {
  using Options = torch::optim::SGDOptions;
  expect_equal_steps(R"({"name": "sgd", "learning_rate": 0.1})",
                     [](auto p) { return torch::optim::SGD(p, Options(0.1)); });
  expect_equal_steps(
      R"({"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.05})",
      [](auto p) { return torch::optim::SGD(p, Options(0.1).momentum(0.9).weight_decay(0.05)); });
}

TEST(Optimizer, ARateThatIsSetAgainIsNotFilled) {
  const auto network = make_network();
  FlatParameters flat({{"", network.get()}});
  const auto optimizer = make_optimizer(options_of("\"sgd\""), flat);
  optimizer->set_learning_rate(0.25);
  EXPECT_EQ(optimizer->learning_rate().item<double>(), 0.25);
  optimizer->learning_rate().fill_(7);
  optimizer->set_learning_rate(0.25);
  EXPECT_EQ(optimizer->learning_rate().item<double>(), 7);
  optimizer->set_learning_rate(0.5);
  EXPECT_EQ(optimizer->learning_rate().item<double>(), 0.5);
}

TEST(Optimizer, TheLearningRateIsChangedByFillingIt) {
  for (const std::string name : {"adam", "adamw", "sgd"}) {
    const auto network = make_network();
    FlatParameters flat({{"", network.get()}});
    const auto optimizer = make_optimizer(options_of("\"" + name + "\""), flat);
    flat.gradients().fill_(1);
    const Tensor before = flat.values().clone();
    optimizer->learning_rate().fill_(0);
    optimizer->step();
    EXPECT_TRUE(torch::equal(flat.values(), before)) << name;
    optimizer->learning_rate().fill_(0.5);
    optimizer->step();
    EXPECT_FALSE(torch::equal(flat.values(), before)) << name;
  }
}

// What a bad step leaves behind must be what the step before left, bit for bit: weights, moments
// and the count that Adam corrects its bias with.
TEST(Optimizer, ABadStepLeavesNothingBehind) {
  for (const std::string text : {R"("adam")", R"({"name": "adamw", "weight_decay": 0.1})",
                                 R"({"name": "sgd", "momentum": 0.9, "weight_decay": 0.1})"}) {
    SCOPED_TRACE(text);
    const auto network = make_network(), twin = make_network();
    FlatParameters flat({{"", network.get()}}), other({{"", twin.get()}});
    const auto skipping = make_optimizer(options_of(text), flat),
               plain = make_optimizer(options_of(text), other);
    for (uint64_t step = 0; step < 6; ++step) {
      flat.gradients().copy_(normal(flat.gradients().sizes(), step));
      other.gradients().copy_(flat.gradients());
      const bool bad = step == 0 || step == 3;
      if (bad) flat.gradients()[static_cast<int64_t>(step)] = NAN;
      skipping->step(torch::full({}, bad ? 1.0f : 0.0f));
      if (!bad) plain->step();
    }
    EXPECT_TRUE(torch::equal(flat.values(), other.values()));
    for (const auto& [name, tensor] : plain->state())
      EXPECT_TRUE(torch::equal(skipping->state().at(name), tensor)) << name;
  }
}

TEST(Optimizer, OptionsOfAnotherOptimizerAreUnknown) {
  expect_error([] { options_of(R"({"name": "sgd", "beta1": 0.5})"); },
               "test.json: optimizer.beta1: unknown key; known: learning_rate, momentum, name, "
               "weight_decay");
  expect_error([] { options_of(R"({"beta1": 1})"); },
               "test.json: optimizer.beta1: got 1; expected a number >= 0 and < 1");
}

TEST(Optimizer, ClippingLimitsTheNorm) {
  const Tensor gradients = torch::tensor({3.0f, 4.0f});
  clip_gradients(gradients, gradients.norm(), 10);
  expect_tensor_near(gradients, torch::tensor({3.0, 4.0}), 0);
  clip_gradients(gradients, gradients.norm(), 1);
  expect_tensor_near(gradients, torch::tensor({0.6, 0.8}), 1e-6);
  const Tensor zero = torch::zeros({3});
  clip_gradients(zero, zero.norm(), 1);
  expect_tensor_near(zero, torch::zeros({3}), 0);
}

}  // namespace
}  // namespace latent
