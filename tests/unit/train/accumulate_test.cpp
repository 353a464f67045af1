// A batch in parts makes the step of the whole batch.
#include <ATen/ATen.h>

#include "unit/stepping.h"
#include "unit/training.h"

namespace latent {
namespace {

// One step in double precision; returns the weights after it and the sums of the losses.
std::map<std::string, Tensor> weights_after_a_step(int64_t parts, int64_t images) {
  Config config = Config::parse(R"({
    "data": {"name": "shapes", "count": 12, "size": [8, 8]},
    "model": {"encoder": {"channels": [4], "normalization": "group", "dropout": 0.2},
              "latent_dim": 3, "condition": "shape"},
    "train": {"batch_size": 12, "optimizer": {"name": "sgd", "learning_rate": 0.01}, "clip_norm": 50}})",
                                "test.json", {"train.accumulate=" + std::to_string(parts)});
  const Experiment plan = read_experiment(config);
  const Examples examples = plan.data.open()->load(Split::kTrain);
  const Fitted fitted = fit_to_examples(plan, examples);
  auto [model, objective] = fresh_model(plan, fitted, c10::kCPU);
  model->to(at::kDouble);
  model->train();
  TrainingStep step(plan.train, model, objective, c10::kCPU);
  StepNoise noise(0, c10::kCPU);
  noise.move_to(3);
  Batch batch;
  batch.input = batch.target = examples.images(0, images).to(at::kDouble);
  batch.condition = fitted.condition.rows(examples.attributes, 12).narrow(0, 0, images);
  step.run(batch, noise);
  step.check_finite();
  std::map<std::string, Tensor> all{{"sums", step.sums()}};
  for (const auto& item : model->named_parameters())
    all[item.key()] = item.value().detach().clone();
  return all;
}

TEST(Accumulate, PartsMakeTheStepOfTheWhole) {
  for (const int64_t images : {12, 11, 2}) {  // a last batch may not be divided evenly
    const auto whole = weights_after_a_step(1, images);
    for (const int64_t parts : {2, 3, 12}) {
      const auto got = weights_after_a_step(parts, images);
      ASSERT_EQ(got.size(), whole.size());
      for (const auto& [name, tensor] : whole) {
        SCOPED_TRACE(name + ", " + std::to_string(parts) + " parts of " + std::to_string(images));
        const double size = tensor.abs().max().item<double>();
        expect_tensor_near(got.at(name), tensor, 1e-6 * std::max(1.0, size));
      }
    }
  }
}

TEST_F(TrainerTest, ABatchInPartsIsResumedExactly) {
  const std::vector<std::string> parts{"train.accumulate=4"};
  auto half = parts;
  half.emplace_back("train.epochs=2");
  train(kEverything, folder_ / "whole", parts);
  train(kEverything, folder_ / "two", half);
  train(kEverything, folder_ / "two", parts, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "two")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "two");
}

TEST(Accumulate, MustDivideTheBatch) {
  const auto read = [](const std::string& parts) {
    Config config = Config::parse(R"({"train": {"batch_size": 10}})", "test.json",
                                  {"train.accumulate=" + parts});
    TrainOptions options;
    options.read(config.root().section("train"));
    return options;
  };
  expect_error([&] { read("4"); },
               "--set train.accumulate: got 4, which does not divide train.batch_size 10; expected "
               "a divisor of it");
  EXPECT_TRUE(read("1").records_steps());
  EXPECT_FALSE(read("5").records_steps());
}

}  // namespace
}  // namespace latent
