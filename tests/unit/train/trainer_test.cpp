// Training as a whole: it learns, repeats itself, resumes bit for bit, and stops when it should.
#include "train/trainer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "unit/training.h"

namespace latent {
namespace {

TEST_F(TrainerTest, OverfitsEightImages) {
  const auto t = prepare(R"({
    "data": {"name": "shapes", "count": 8, "size": [12, 12]},
    "model": {"encoder": {"name": "dense", "hidden": [64]}, "bottleneck": "point", "latent_dim": 8},
    "objective": {"likelihood": "gaussian"},
    "train": {"epochs": 60, "batch_size": 8, "optimizer": {"learning_rate": 0.01}}})",
                         folder_ / "run");
  const auto error = [&] {
    const torch::NoGradGuard no_grad;
    t.model->eval();
    const Tensor images = t.examples.images(0, 8);
    const Tensor pictures = t.objective->likelihood().mean(t.model->forward(images).decoded);
    return at::mse_loss(pictures, images).item<double>();
  };
  const double before = error();
  t.trainer->train({});
  const double after = error();
  EXPECT_GT(before, 0.05);
  EXPECT_LT(after, 0.005);
}

TEST_F(TrainerTest, EqualSeedsGiveEqualRuns) {
  train(kEverything, folder_ / "a");
  train(kEverything, folder_ / "b");
  train(kEverything, folder_ / "c", {"train.seed=1"});
  EXPECT_EQ(first_difference(last(folder_ / "a"), last(folder_ / "b")), "");
  EXPECT_NE(first_difference(last(folder_ / "a"), last(folder_ / "c")), "");
  expect_equal_losses(folder_ / "a", folder_ / "b");
}

TEST_F(TrainerTest, FourEpochsAreTwoAndTwo) {
  train(kEverything, folder_ / "whole");
  train(kEverything, folder_ / "parts", {"train.epochs=2"});
  EXPECT_EQ(read_metrics(folder_ / "parts/metrics.csv").rows.size(), 2u);
  train(kEverything, folder_ / "parts", {"train.epochs=4"}, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "parts");
}

TEST_F(TrainerTest, AugmentationThatIsOffChangesNothing) {
  train(kEverything, folder_ / "off", {"data.augment={\"flip\": false, \"shift\": 0}"});
  train(kEverything, folder_ / "absent", {"data.augment={}"});
  EXPECT_EQ(first_difference(last(folder_ / "off"), last(folder_ / "absent")), "");
  train(kEverything, folder_ / "on");
  EXPECT_NE(first_difference(last(folder_ / "off"), last(folder_ / "on")), "");
}

// The steps are too small to matter, so that only the images can make a difference.
TEST_F(TrainerTest, AugmentationLeavesTheValidationImagesAlone) {
  const std::vector<std::string> still{
      "train.optimizer={\"name\": \"sgd\", \"learning_rate\": 1e-30}",
      "model.encoder.normalization=none", "model.encoder.dropout=0", "train.epochs=1"};
  auto off = still;
  off.emplace_back("data.augment={}");
  train(kEverything, folder_ / "on", still);
  train(kEverything, folder_ / "off", off);
  const auto column = [&](const char* run, const char* name) {
    return read_metrics(folder_ / run / "metrics.csv").column(name);
  };
  EXPECT_EQ(column("on", "val_nll_mean"), column("off", "val_nll_mean"));
  EXPECT_NE(column("on", "train_nll"), column("off", "train_nll"));
}

TEST_F(TrainerTest, AnEmptyCorruptionChangesNothing) {
  train(kEverything, folder_ / "off", {"corruption=[]"});
  std::string absent = kEverything;
  const size_t from = absent.find("\"corruption\""), to = absent.find("\"model\"");
  train(absent.erase(from, to - from), folder_ / "absent");
  EXPECT_EQ(first_difference(last(folder_ / "off"), last(folder_ / "absent")), "");
  train(kEverything, folder_ / "on");
  EXPECT_NE(first_difference(last(folder_ / "off"), last(folder_ / "on")), "");
}

// The steps are too small to matter. The noise of validation is the same in each epoch, that of
// training is not.
TEST_F(TrainerTest, ValidationNoiseIsFixed) {
  train(kEverything, folder_ / "run",
        {"train.optimizer={\"name\": \"sgd\", \"learning_rate\": 1e-30}", "train.epochs=2",
         "model.encoder.normalization=none", "model.encoder.dropout=0", "data.augment={}",
         "train.batch_size=21"});
  const MetricsTable metrics = read_metrics(folder_ / "run/metrics.csv");
  const auto validation = metrics.column("val_nll_mean"), training = metrics.column("train_nll");
  EXPECT_EQ(validation[0], validation[1]);
  EXPECT_NE(training[0], training[1]);
}

TEST_F(TrainerTest, UpscalingTrainsOnSmallInputs) {
  const auto t = prepare(kEverything, folder_ / "run",
                         {"corruption=[{\"name\": \"downsample\", \"size\": [4, 6]}]"});
  EXPECT_EQ(t.model->input_shape(), (ImageShape{1, 4, 6}));
  EXPECT_EQ(t.model->output_shape(), (ImageShape{1, 8, 8}));
  t.trainer->train({});
  EXPECT_EQ(read_metrics(t.run.metrics()).rows.size(), 4u);
}

TEST_F(TrainerTest, SparseRunsReportTheirSparsity) {
  const auto t = prepare(R"({
    "data": {"name": "shapes", "count": 21, "size": [8, 8]},
    "model": {"encoder": "dense", "bottleneck": {"name": "point", "activation": "relu"}, "latent_dim": 9},
    "objective": {"sparsity_l1": {"weight": 0.1}}, "train": {"epochs": 2}})",
                         folder_ / "run");
  t.trainer->train({});
  const MetricsTable table = read_metrics(t.run.metrics());
  const auto share = table.column("val_active_share");
  EXPECT_GT(share[1], 0);
  EXPECT_LE(share[1], 1);
  EXPECT_GT(table.column("val_mean_activation")[1], 0);
  EXPECT_LT(table.column("val_dead_units")[1], 9);
  EXPECT_EQ(table.column("val_sparsity_l1").size(), 2u);
}

// A last batch of one image, normalised over a dense layer's features.
TEST_F(TrainerTest, ALastBatchOfOneImageTrains) {
  const auto t = prepare(kEverything, folder_ / "run",
                         {"model.encoder={\"name\": \"dense\", \"hidden\": [8], "
                          "\"normalization\": \"batch\"}",
                          "train.batch_size=20", "train.epochs=2"});
  t.trainer->train({});
  for (const double loss : read_metrics(t.run.metrics()).column("val_loss"))
    EXPECT_TRUE(std::isfinite(loss));
}

TEST_F(TrainerTest, AHugeLearningRateStopsWithTheStepAndTheTerm) {
  expect_error(
      [&] { train(kEverything, folder_ / "run", kDiverging); },
      "training: nll became NaN or infinite at step 2; lower train.optimizer.learning_rate "
      "(now 1e+30), or set train.clip_norm; nothing was saved yet: fix the config and start again "
      "with --overwrite; its images: " +
          (folder_ / "run/bad-steps/step-00000002.json").string());
  EXPECT_EQ(nlohmann::json::parse(read_file(folder_ / "run/bad-steps/step-00000002.json"))
                .at("indices")
                .size(),
            8u);
}

TEST_F(TrainerTest, AnErrorMentionsCheckpointsIfThereAreSome) {
  auto saving = kDiverging;
  saving.emplace_back("train.checkpoint.every_steps=1");
  const std::string message = error_of([&] { train(kEverything, folder_ / "run", saving); });
  EXPECT_NE(message.find("; earlier checkpoints are kept, and train.on_nan skip or "
                         "rollback continues from them; its images: "),
            std::string::npos)
      << message;
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/last.safetensors"));
}

// With a single step per epoch only the validation shows the effect of the last update.
TEST_F(TrainerTest, ABrokenLastStepDoesNotBecomeACheckpoint) {
  expect_error(
      [&] {
        train(kEverything, folder_ / "run",
              {"train.optimizer.name=sgd", "train.optimizer.learning_rate=1e30",
               "train.clip_norm=0", "objective.likelihood.sigma=fixed",
               "model.encoder.normalization=none", "train.batch_size=21", "train.epochs=1"});
      },
      "validation: the loss became NaN or infinite after step 1; lower "
      "train.optimizer.learning_rate "
      "(now 1e+30), or set train.clip_norm; nothing was saved yet: fix the config and start again "
      "with --overwrite");
  EXPECT_FALSE(fs::exists(folder_ / "run/checkpoints/last.safetensors"));
  EXPECT_EQ(read_file(folder_ / "run/bad-steps/validation-00000001.json"),
            "{\"step\":1,\"epoch\":1,\"what\":\"val_loss\",\"split\":\"validation\"}\n");
}

TEST_F(TrainerTest, StopsEarly) {
  // Steps too small to matter: no epoch is better than the first by min_delta, all as good.
  const auto t = prepare(kEverything, folder_ / "run",
                         {"train.optimizer.learning_rate=1e-30", "train.early_stopping.patience=2",
                          "train.early_stopping.min_delta=1000", "train.epochs=50",
                          "objective.kl.warmup_epochs=0", "model.encoder.normalization=none"});
  std::vector<bool> best;
  train_watched(*t.trainer, {.step = {}, .epoch = [&](const EpochReport& report) {
                               best.push_back(report.best);
                             }});
  EXPECT_EQ(best, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(t.trainer->state().best_epoch, 1);
  EXPECT_EQ(t.trainer->state().epoch, 3);
  EXPECT_EQ(read_metrics(t.run.metrics()).rows.size(), 3u);
}

TEST_F(TrainerTest, BestIsTheEpochOfTheLowestValidationLoss) {
  const auto t = prepare(kEverything, folder_ / "run");
  t.trainer->train({});
  const auto losses = read_metrics(t.run.metrics()).column("val_loss");
  const auto lowest = std::min_element(losses.begin(), losses.end());
  EXPECT_EQ(t.trainer->state().best_epoch, lowest - losses.begin() + 1);
  const TensorFile best = read_tensors(t.run.checkpoint("best"));
  EXPECT_EQ(nlohmann::json::parse(best.metadata.at("state")).at("epoch"),
            t.trainer->state().best_epoch);
  EXPECT_EQ(nlohmann::json::parse(best.metadata.at("config")).at("train").at("batch_size"), 8);
}

// min_delta concerns only the patience; any lower loss is the best.
TEST_F(TrainerTest, MinDeltaDoesNotAffectTheBest) {
  const std::vector<std::string> patient{"train.early_stopping.min_delta=100000",
                                         "train.early_stopping.patience=3", "train.epochs=9"};
  const auto t = prepare(kEverything, folder_ / "whole", patient);
  t.trainer->train({});
  const auto losses = read_metrics(t.run.metrics()).column("val_loss");
  ASSERT_EQ(losses.size(), 4u);  // three in vain after the first
  const auto lowest = std::min_element(losses.begin(), losses.end());
  ASSERT_NE(lowest, losses.begin());
  const TrainState& state = t.trainer->state();
  EXPECT_EQ(state.best_epoch, lowest - losses.begin() + 1);
  EXPECT_EQ(state.patience_loss, losses[0]);
  EXPECT_EQ(stored_epoch(read_tensors(t.run.checkpoint("best"))), state.best_epoch);
  // A resumed run does not wait longer.
  auto two = patient;
  two.back() = "train.epochs=2";
  train(kEverything, folder_ / "parts", two);
  train(kEverything, folder_ / "parts", patient, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "parts");
  const auto best = [&](const char* run) {
    return read_tensors(folder_ / run / "checkpoints/best.safetensors").tensors;
  };
  EXPECT_EQ(first_difference(best("whole"), best("parts")), "");
}

TEST_F(TrainerTest, MetricsHaveAColumnForEachTerm) {
  const auto t = prepare(kEverything, folder_ / "run", {"train.epochs=1"});
  int64_t steps = 0;
  train_watched(*t.trainer, {.step =
                                 [&](const StepReport& report) {
                                   ++steps;
                                   EXPECT_EQ(report.images, std::min<int64_t>(8 * steps, 21));
                                   EXPECT_EQ(report.total, 21);
                                 },
                             .epoch = {}});
  EXPECT_EQ(steps, 3);
  const MetricsTable table = read_metrics(t.run.metrics());
  EXPECT_EQ(join(table.columns, ","),
            "epoch,step,seconds,images_per_second,learning_rate,train_loss,train_nll,"
            "train_kl,val_loss,val_nll,val_kl,val_nll_mean");
  EXPECT_EQ(table.column("step"), std::vector<double>{3});
  EXPECT_NEAR(table.column("learning_rate")[0], 0.01, 1e-8);
  // Validation weighs the terms with the schedules' final weights in every epoch.
  EXPECT_NEAR(table.column("val_loss")[0], table.column("val_nll")[0] + table.column("val_kl")[0],
              1e-3);
}

}  // namespace
}  // namespace latent
