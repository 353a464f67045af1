// Optimizers compared with LibTorch's own.
#include "train/optimizer/optimizer.h"

#include <torch/optim.h>

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/small_network.h"

namespace latent {
namespace {

OptimizerOptions options_of(const std::string& text) {
  Config config = Config::parse("{\"optimizer\": " + text + "}", "test.json");
  OptimizerOptions options;
  Section root = config.root();
  options.read(root);
  config.check_all_read();
  return options;
}

// Compares twenty steps of ours with twenty of `make`'s in double precision, on equal weights with
// equal gradients.
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

TEST(Optimizer, AdamEqualsLibTorchs) {
  using Options = torch::optim::AdamOptions;
  expect_equal_steps(R"({"learning_rate": 0.01})",
                     [](auto p) { return torch::optim::Adam(p, Options(0.01)); });
  expect_equal_steps(
      R"({"name": "adam", "learning_rate": 0.02, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3, "weight_decay": 0.1})",
      [](auto p) {
        return torch::optim::Adam(p, Options(0.02).betas({0.5, 0.9}).eps(1e-3).weight_decay(0.1));
      });
}

TEST(Optimizer, AdamWEqualsLibTorchs) {
  expect_equal_steps(
      R"({"name": "adamw", "learning_rate": 0.01, "weight_decay": 0.2})", [](auto p) {
        return torch::optim::AdamW(p, torch::optim::AdamWOptions(0.01).weight_decay(0.2));
      });
}

TEST(Optimizer, SgdEqualsLibTorchs) {
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

// A bad step must change nothing, bit for bit: weights, moments and the count with which Adam
// corrects its bias.
TEST(Optimizer, ABadStepChangesNothing) {
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
