// Training as a whole: it learns, repeats itself, resumes bit for bit, and stops when it should.
#include "train/trainer.h"

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/interrupt.h"
#include "core/log.h"
#include "expect.h"
#include "experiments.h"
#include "run/safetensors.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// Everything that a resumed run could forget: batch statistics, dropout, momenta, a learned sigma,
// warm-up, noise, augmentation, corruption, a plateau, clipping, and a short last batch.
const std::string kEverything = R"({
  "data": {"name": "shapes", "count": 21, "size": [8, 8], "augment": {"flip": true, "shift": 1}},
  "corruption": ["gaussian", {"name": "masking", "block": [2, 3]}],
  "model": {"encoder": {"channels": [4], "normalization": "batch", "dropout": 0.1}, "latent_dim": 3},
  "objective": {"likelihood": {"name": "gaussian", "sigma": "learned", "value": 0.5}, "kl": {"warmup_epochs": 3}},
  "train": {"epochs": 4, "batch_size": 8, "optimizer": {"name": "adamw", "learning_rate": 0.01},
            "schedule": {"name": "plateau", "patience": 1, "min_delta": 1000}, "clip_norm": 5}})";

struct Training {
  Experiment plan;
  std::unique_ptr<Trainer> trainer;
  RunDirectory run;
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
  Examples examples;
};

// The trainer of a config, in a fresh run folder or (resume) at the folder's last checkpoint.
Training prepare(const std::string& text, const fs::path& folder,
                 const std::vector<std::string>& settings = {}, bool resume = false) {
  Config config = Config::parse(text, "test.json", settings);
  Training t{.plan = read_experiment(config),
             .trainer = nullptr,
             .run = resume ? RunDirectory::open(folder)
                           : RunDirectory::create(folder, false, config.resolved_text(),
                                                  nlohmann::ordered_json::object()),
             .model = nullptr,
             .objective = nullptr,
             .examples = {}};
  const auto dataset = t.plan.data.open();
  t.examples = dataset->load(Split::kTrain);
  const ImageShape shape = t.examples.shape();
  const CorruptionChain corruption = t.plan.corruption.make(shape);
  t.model = t.plan.model.make(corruption.output(), shape, static_cast<uint64_t>(t.plan.train.seed));
  t.objective = t.plan.objective.make(*t.model);
  const TrainingData data{t.examples, dataset->load(Split::kValidation), t.plan.data.augmentation,
                          corruption};
  t.trainer = std::make_unique<Trainer>(t.plan.train, t.model, t.objective, data, t.run,
                                        config.resolved_text(), c10::kCPU);
  if (resume) t.trainer->restore(t.run.checkpoint("last"));
  return t;
}

void train(const std::string& text, const fs::path& folder,
           const std::vector<std::string>& settings = {}, bool resume = false) {
  prepare(text, folder, settings, resume).trainer->train({});
}

std::map<std::string, Tensor> last(const fs::path& folder) {
  return read_tensors(folder / "checkpoints/last.safetensors").tensors;
}

// "" if every tensor of both is equal bit for bit, else the first name that differs.
std::string first_difference(const std::map<std::string, Tensor>& a,
                             const std::map<std::string, Tensor>& b) {
  if (a.size() != b.size()) return "the number of tensors";
  for (const auto& [name, tensor] : a) {
    const auto other = b.find(name);
    if (other == b.end() || !torch::equal(tensor, other->second)) return name;
  }
  return "";
}

// Every column but those that time the run.
void expect_equal_losses(const fs::path& a, const fs::path& b) {
  const MetricsTable first = read_metrics(a / "metrics.csv"),
                     second = read_metrics(b / "metrics.csv");
  ASSERT_EQ(first.columns, second.columns);
  ASSERT_EQ(first.rows.size(), second.rows.size());
  for (const auto& name : first.columns) {
    if (name == "seconds" || name == "images_per_second") continue;
    EXPECT_EQ(first.column(name), second.column(name)) << name;
  }
}

class TrainerTest : public testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kQuiet); }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  TemporaryFolder folder_;
};

TEST_F(TrainerTest, OverfitsEightImages) {
  const auto t = prepare(R"({
    "data": {"name": "shapes", "count": 8, "size": [12, 12]},
    "model": {"encoder": {"name": "dense", "hidden": [64]}, "bottleneck": "point", "latent_dim": 8},
    "objective": {"likelihood": "gaussian"},
    "train": {"epochs": 60, "batch_size": 8, "optimizer": {"learning_rate": 0.01}}})",
                         folder_ / "run");
  const double before = evaluate(*t.model, *t.objective, t.examples, {.quality = true}).mse;
  t.trainer->train({});
  const double after = evaluate(*t.model, *t.objective, t.examples, {.quality = true}).mse;
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

TEST_F(TrainerTest, AugmentationThatIsOffChangesNoBit) {
  train(kEverything, folder_ / "off", {"data.augment={\"flip\": false, \"shift\": 0}"});
  train(kEverything, folder_ / "absent", {"data.augment={}"});
  EXPECT_EQ(first_difference(last(folder_ / "off"), last(folder_ / "absent")), "");
  train(kEverything, folder_ / "on");
  EXPECT_NE(first_difference(last(folder_ / "off"), last(folder_ / "on")), "");
}

// Steps too small to matter, so that only the images can make a difference.
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

TEST_F(TrainerTest, NoCorruptionChangesNoBit) {
  train(kEverything, folder_ / "off", {"corruption=[]"});
  std::string absent = kEverything;
  const size_t from = absent.find("\"corruption\""), to = absent.find("\"model\"");
  train(absent.erase(from, to - from), folder_ / "absent");
  EXPECT_EQ(first_difference(last(folder_ / "off"), last(folder_ / "absent")), "");
  train(kEverything, folder_ / "on");
  EXPECT_NE(first_difference(last(folder_ / "off"), last(folder_ / "on")), "");
}

// Steps too small to matter: validation's noise is the same in each epoch, training's is not.
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

TEST_F(TrainerTest, SmallImagesGoInAndLargeOnesComeOut) {
  const auto t = prepare(kEverything, folder_ / "run",
                         {"corruption=[{\"name\": \"downsample\", \"size\": [4, 6]}]"});
  EXPECT_EQ(t.model->input_shape(), (ImageShape{1, 4, 6}));
  EXPECT_EQ(t.model->output_shape(), (ImageShape{1, 8, 8}));
  t.trainer->train({});
  EXPECT_EQ(read_metrics(t.run.metrics()).rows.size(), 4u);
}

TEST_F(TrainerTest, SparseRunsTellHowSparseTheyAre) {
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

// Runs in a process of its own, since a noted signal stays noted: every epoch is cut after each of
// its batches.
[[noreturn]] void train_in_pieces(const fs::path& folder) {
  log::set_level(log::Level::kQuiet);
  train(kEverything, folder / "whole");
  catch_interrupts();
  std::raise(SIGINT);
  int pieces = 0;
  for (bool resume = false;; resume = true, ++pieces) {
    try {
      train(kEverything, folder / "pieces", {}, resume);
      break;
    } catch (const Interrupted& interrupted) {
      if (interrupted.signal() != SIGINT) std::fprintf(stderr, "signal %d\n", interrupted.signal());
    }
  }
  const std::string different = first_difference(last(folder / "whole"), last(folder / "pieces"));
  const auto losses = [&](const char* run) {
    return read_metrics(folder / run / "metrics.csv").column("train_loss");
  };
  const bool equal_losses = losses("whole") == losses("pieces");
  std::fprintf(stderr, "%d pieces, first difference: \"%s\", equal losses: %d\n", pieces,
               different.c_str(), equal_losses);
  fs::remove_all(folder);
  std::_Exit(pieces == 4 * 3 - 1 && different.empty() && equal_losses ? 0 : 1);
}

TEST_F(TrainerTest, InterruptedAfterEveryStepItEndsTheSame) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(train_in_pieces(folder_.path()), testing::ExitedWithCode(0), "");
}

TEST_F(TrainerTest, InterruptSaysHowToGoOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto interrupt = [&] {
    log::set_level(log::Level::kQuiet);
    const auto t = prepare(kEverything, folder_ / "run");
    catch_interrupts();
    try {
      t.trainer->train({.step =
                            [](const StepReport& report) {
                              if (report.images == 16) std::raise(SIGTERM);
                            },
                        .epoch = {}});
    } catch (const Interrupted& interrupted) {
      const std::string expected =
          "interrupted after step 2; everything is saved: go on with latent train --run " +
          (folder_ / "run").string() + " --resume";
      const bool good = interrupted.what() == expected && interrupted.signal() == SIGTERM;
      fs::remove_all(folder_.path());
      std::_Exit(good ? 0 : 1);
    }
    std::_Exit(2);
  };
  EXPECT_EXIT(interrupt(), testing::ExitedWithCode(0), "");
}

TEST_F(TrainerTest, AHugeLearningRateStopsWithTheStepAndTheTerm) {
  expect_error(
      [&] {
        train(
            kEverything, folder_ / "run",
            {"train.optimizer.name=sgd", "train.optimizer.learning_rate=1e30", "train.clip_norm=0",
             "objective.likelihood.sigma=fixed", "model.encoder.normalization=none"});
      },
      "training: nll became NaN or infinite at step 2; lower train.optimizer.learning_rate (now "
      "1e+30), "
      "or set train.clip_norm; the checkpoints written before are kept");
}

// With a single step an epoch nothing but the validation sees what the last update did.
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
      "(now 1e+30), or set train.clip_norm; the checkpoints written before are kept");
  EXPECT_FALSE(fs::exists(folder_ / "run/checkpoints/last.safetensors"));
}

TEST_F(TrainerTest, StopsEarly) {
  // Steps too small to matter: no epoch is better than the first by min_delta.
  const auto t = prepare(
      kEverything, folder_ / "run",
      {"train.optimizer.learning_rate=1e-12", "train.early_stopping.patience=2",
       "train.early_stopping.min_delta=1000", "train.epochs=50", "objective.kl.warmup_epochs=0"});
  std::vector<bool> best;
  t.trainer->train(
      {.step = {}, .epoch = [&](const EpochReport& report) { best.push_back(report.best); }});
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

TEST_F(TrainerTest, MetricsHaveAColumnForEachTerm) {
  const auto t = prepare(kEverything, folder_ / "run", {"train.epochs=1"});
  int64_t steps = 0;
  t.trainer->train({.step =
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
  // Validation weighs the terms as the schedules end, whatever the epoch.
  EXPECT_NEAR(table.column("val_loss")[0], table.column("val_nll")[0] + table.column("val_kl")[0],
              1e-3);
}

TEST_F(TrainerTest, ACheckpointThatDoesNotFit) {
  train(kEverything, folder_ / "run", {"train.epochs=1"});
  const std::string path = (folder_ / "run/checkpoints/last.safetensors").string();
  const auto resume = [&](const std::string& setting) {
    prepare(kEverything, folder_ / "run", {setting}, true);
  };
  expect_error(
      [&] { resume("model.latent_dim=4"); },
      path + ": model.bottleneck.mean.weight is 3x64; the model of this config expects 4x64");
  expect_error([&] { resume("model.encoder.normalization=none"); },
               path + ": holds 21 weights; the model of this config has 13");
  expect_error(
      [&] { resume("train.optimizer=sgd"); },
      path +
          ": no fitting optimizer.model.encoder.conv1.weight.velocity; expected a checkpoint that "
          "latent train wrote with the same optimizer");
}

}  // namespace
}  // namespace latent
