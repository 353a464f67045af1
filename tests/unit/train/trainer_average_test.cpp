// train.ema in a training: what is validated, stored and resumed.
#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "train/checkpoint/checkpoint.h"
#include "unit/training.h"

namespace latent {
namespace {

const std::vector<std::string> kAveraged{"train.ema=0.8"};

std::vector<std::string> with(std::vector<std::string> settings, const std::string& more) {
  settings.push_back(more);
  return settings;
}

std::map<std::string, Tensor> weights_of(const torch::nn::Module& model) {
  std::map<std::string, Tensor> all;
  for (const auto& items : {model.named_parameters(), model.named_buffers()}) {
    for (const auto& item : items)
      all["model." + item.key()] = item.value().detach().clone();
  }
  return all;
}

TEST_F(TrainerTest, TheAverageOfTheWeightsIsStored) {
  const auto t = prepare(kEverything, folder_ / "run", with(kAveraged, "train.epochs=2"));
  auto averages = weights_of(*t.model);
  double steps = 0;
  std::map<std::string, Tensor> trained;
  train_watched(*t.trainer, {.step =
                                 [&](const StepReport&) {
                                   const double decay = std::min(0.8, (steps + 1) / (steps + 10));
                                   trained = weights_of(*t.model);
                                   for (auto& [name, average] : averages)
                                     average = decay * average + (1 - decay) * trained.at(name);
                                   ++steps;
                                 },
                             .epoch = {}});
  EXPECT_EQ(steps, 6);
  const auto stored = last(folder_ / "run");
  for (const auto& [name, average] : averages) {
    SCOPED_TRACE(name);
    expect_tensor_near(stored.at(name), average, 1e-5);
    EXPECT_TRUE(torch::equal(stored.at("trained." + name), trained.at(name)));
  }
  const auto named = [&](const std::string& beginning) {
    return std::count_if(stored.begin(), stored.end(),
                         [&](const auto& item) { return item.first.starts_with(beginning); });
  };
  EXPECT_EQ(named("objective."), 1);  // the learned sigma
  EXPECT_EQ(named("trained.objective."), 1);
  EXPECT_EQ(named("trained.optimizer."), 0);
  // The training goes on from the weights that are trained.
  EXPECT_EQ(first_difference(weights_of(*t.model), trained), "");
}

TEST_F(TrainerTest, ValidationAndCommandsUseTheAverage) {
  train(kEverything, folder_ / "run", with(kAveraged, "train.epochs=1"));
  const auto t = prepare(kEverything, folder_ / "again");
  const fs::path path = folder_ / "run/checkpoints/last.safetensors";
  load_model(*t.model, *t.objective, read_tensors(path), path);  // as commands open a run
  t.objective->schedule(std::numeric_limits<double>::infinity());
  EvaluationOptions options;
  const Fitted fitted = fit_to_examples(t.plan, t.examples);
  options.corruption = fitted.corruption;
  options.condition = fitted.condition;
  const double loss =
      evaluate(*t.model, *t.objective, t.plan.data.open()->load(Split::kValidation), options).loss;
  EXPECT_EQ(read_metrics(folder_ / "run/metrics.csv").column("val_loss")[0], loss);
  train(kEverything, folder_ / "plain", {"train.epochs=1"});
  EXPECT_NE(read_metrics(folder_ / "plain/metrics.csv").column("val_loss")[0], loss);
  // The average is beside the training: it does not change the steps.
  EXPECT_EQ(read_metrics(folder_ / "plain/metrics.csv").column("train_loss"),
            read_metrics(folder_ / "run/metrics.csv").column("train_loss"));
}

TEST_F(TrainerTest, AnAverageIsResumedExactly) {
  for (const std::string more : {"train.checkpoint.every_steps=2", "train.accumulate=2"}) {
    SCOPED_TRACE(more);
    fs::remove_all(folder_ / "whole");
    fs::remove_all(folder_ / "parts");
    const auto settings = with(kAveraged, more);
    train(kEverything, folder_ / "whole", settings);
    train(kEverything, folder_ / "parts", with(settings, "train.epochs=2"));
    train(kEverything, folder_ / "parts", settings, true);
    EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
    expect_equal_losses(folder_ / "whole", folder_ / "parts");
  }
}

TEST_F(TrainerTest, AnAverageIsResumedWithinAnEpoch) {
  const auto settings = with(kAveraged, "train.checkpoint.every_steps=1");
  train(kEverything, folder_ / "whole", settings);
  train_until(folder_ / "killed", 2, 16, settings);  // saved after a batch of 8
  train(kEverything, folder_ / "killed", settings, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "killed")), "");
}

TEST_F(TrainerTest, ACheckpointWithoutAnAverageDoesNotFit) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const std::string message =
      error_of([&] { prepare(kEverything, folder_ / "run", kAveraged, true); });
  EXPECT_NE(message.find(": no fitting trained.model."), std::string::npos) << message;
}

}  // namespace
}  // namespace latent
