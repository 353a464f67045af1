// bf16 compared with fp32, the kernels with LibTorch's operations, and the choice of "auto".
#include "train/precision.h"
#include "train/arithmetic.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <numeric>

#include "kernel/allowed.h"
#include "train/step.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::string kSmall = R"({
  "data": {"name": "shapes", "count": 64, "size": [16, 16]},
  "model": {"encoder": {"channels": [16, 16], "dense": [32]}, "latent_dim": 4},
  "train": {"batch_size": 32, "optimizer": {"name": "adam", "learning_rate": 1e-3}}})";

// The mean loss of each of some steps, and the parameters after them.
struct Trained {
  std::vector<double> losses;
  Tensor parameters;
};

Trained train_with(const std::vector<std::string>& settings, int64_t steps = 20) {
  Config config = Config::parse(kSmall, "test.json", settings);
  const Experiment plan = read_experiment(config);
  const Examples examples = plan.data.open()->load(Split::kTrain);
  const Fitted fitted = fit_to_examples(plan, examples);
  auto [model, objective] = fresh_model(plan, fitted, c10::kCPU);
  model->train();
  TrainingStep step(plan.train, model, objective, c10::kCPU);
  const Batches batches = training_batches(plan, fitted, examples, c10::kCPU);
  StepNoise noise(0, c10::kCPU);
  Trained trained;
  for (int64_t i = 0; i < steps; ++i) {
    step.reset_sums();
    noise.move_to(i);
    step.run(batches.fetch(at::arange(32 * (i % 2), 32 * (i % 2) + 32), noise), noise);
    trained.losses.push_back(step.sums()[0].item<double>() / 32);
  }
  trained.parameters = step.parameters().values().clone();
  return trained;
}

TEST(Precision, Bf16LearnsAsFp32Does) {
  const Trained wide = train_with({}), narrow = train_with({"train.precision=bf16"});
  EXPECT_EQ(narrow.parameters.scalar_type(), at::kFloat);
  EXPECT_FALSE(at::equal(narrow.parameters, wide.parameters));
  for (size_t i = 0; i < wide.losses.size(); ++i)
    EXPECT_NEAR(narrow.losses[i] / wide.losses[i], 1, 0.01) << "step " << i;
  const auto of_last = [](const Trained& trained) {
    return std::accumulate(trained.losses.end() - 5, trained.losses.end(), 0.0);
  };
  EXPECT_NEAR(of_last(narrow) / of_last(wide), 1, 0.005);
  EXPECT_LT(wide.losses.back(), 0.9 * wide.losses.front());
  EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));  // not left on
}

TEST(Precision, TheKernelsLearnAsLibTorchsOperationsDo) {
  const Trained ours = train_with({}), plain = train_with({"train.kernels=false"});
  // Another order of summation, unless LATENT_KERNELS forbids it.
  EXPECT_EQ(at::equal(ours.parameters, plain.parameters),
            kernel::allowed() == kernel::Allowed::kNothing);
  for (size_t i = 0; i < plain.losses.size(); ++i)
    EXPECT_NEAR(ours.losses[i] / plain.losses[i], 1, 1e-4) << "step " << i;
}

TEST(Precision, AutoSettlesOnOneOfTheTwo) {
  Config config = Config::parse(kSmall, "test.json", {"train.precision=auto"});
  Experiment plan = read_experiment(config);
  const Examples examples = plan.data.open()->load(Split::kTrain);
  const std::string picked =
      settled_precision(plan, fit_to_examples(plan, examples), examples, c10::kCPU);
  if (has_bf16(c10::kCPU)) {
    EXPECT_TRUE(picked == "fp32" || picked == "bf16") << picked;
  } else {
    EXPECT_EQ(picked, "fp32");
  }
  config.settle("train.precision", picked);
  EXPECT_EQ(config.resolved().at("train").at("precision"), picked);
}

}  // namespace
}  // namespace latent
