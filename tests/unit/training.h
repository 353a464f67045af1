// Small trainings for the tests: made, run, and compared bit for bit.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/log.h"
#include "format/safetensors.h"
#include "train/trainer.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {

namespace fs = std::filesystem;

// Everything that a resumed run could forget: batch statistics, dropout, momenta, a learned sigma,
// warm-up, noise, augmentation, corruption, a condition, a plateau, clipping, and a short last
// batch.
inline const std::string kEverything = R"({
  "data": {"name": "shapes", "count": 21, "size": [8, 8], "augment": {"flip": true, "shift": 1}},
  "corruption": ["gaussian", {"name": "masking", "block": [2, 3]}],
  "model": {"encoder": {"channels": [4], "normalization": "batch", "dropout": 0.1}, "latent_dim": 3,
            "condition": "shape,scale", "condition_drop": 0.3},
  "objective": {"likelihood": {"name": "gaussian", "sigma": "learned", "value": 0.5}, "kl": {"warmup_epochs": 3}},
  "train": {"epochs": 4, "batch_size": 8, "optimizer": {"name": "adamw", "learning_rate": 0.01},
            "schedule": {"name": "plateau", "patience": 1, "min_delta": 1000}, "clip_norm": 5}})";

/// A trainer with all it works on.
struct TrainerFixture {
  Experiment plan;
  std::unique_ptr<Trainer> trainer;
  RunDirectory run;
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
  Examples examples;
};

// The trainer of a config, in a fresh run folder or (resume) at the folder's last checkpoint
// (without restore: in that folder, from the start).
// poisoned: a training image that is NaN, or -1.
inline TrainerFixture prepare(const std::string& text, const fs::path& folder,
                              const std::vector<std::string>& settings = {}, bool resume = false,
                              int64_t poisoned = -1, const World& world = alone(),
                              bool restore = true) {
  Config config = Config::parse(text, "test.json", settings);
  TrainerFixture t{.plan = read_experiment(config),
                   .trainer = nullptr,
                   .run = resume ? RunDirectory::open(folder)
                                 : RunDirectory::create(folder, false, config.resolved_text(),
                                                        nlohmann::ordered_json::object()),
                   .model = nullptr,
                   .objective = nullptr,
                   .examples = {}};
  const auto dataset = t.plan.data.open();
  t.examples = dataset->load(Split::kTrain);
  if (poisoned >= 0) {
    t.examples.pixels = t.examples.pixels.to(at::kFloat).div_(255);
    t.examples.pixels[poisoned].fill_(std::nan(""));
  }
  const Fitted fitted = fit_to_examples(t.plan, t.examples);
  std::tie(t.model, t.objective) = fresh_model(t.plan, fitted, c10::kCPU);
  const TrainingData data{t.examples,
                          dataset->load(Split::kValidation),
                          t.plan.data.augmentation,
                          fitted.corruption,
                          {fitted.condition, t.plan.model.condition_drop}};
  t.trainer = std::make_unique<Trainer>(t.plan.train, t.model, t.objective, data, t.run,
                                        config.resolved_text(), c10::kCPU, world);
  if (resume && restore) t.trainer->restore(read_checkpoint(t.run, "last"));
  return t;
}

inline void train(const std::string& text, const fs::path& folder,
                  const std::vector<std::string>& settings = {}, bool resume = false) {
  prepare(text, folder, settings, resume).trainer->train({});
}

/// What hears a training that a test watches; either may be empty.
struct Watching {
  std::function<void(const StepReport&)> step = {};
  std::function<void(const EpochReport&)> epoch = {};
};

inline void train_watched(Trainer& trainer, const Watching& watching) {
  struct Watcher : TrainListener {
    explicit Watcher(const Watching& functions) : functions_(functions) {}
    void step(const StepReport& report) override {
      if (functions_.step) functions_.step(report);
    }
    void epoch(const EpochReport& report) override {
      if (functions_.epoch) functions_.epoch(report);
    }
    const Watching& functions_;
  } watcher(watching);
  trainer.train(std::array<TrainListener*, 1>{&watcher});
}

/// Fails in the step event, like a process that is killed: only the checkpoints remain.
class Killed : public std::exception {};

/// Trains up to that step, and is killed there.
inline void train_until(const fs::path& folder, int64_t epoch, int64_t images,
                        const std::vector<std::string>& settings, bool resume = false) {
  const auto t = prepare(kEverything, folder, settings, resume);
  const auto kill = [&](const StepReport& report) {
    if (report.epoch == epoch && report.images == images) throw Killed();
  };
  EXPECT_THROW(train_watched(*t.trainer, {.step = kill}), Killed);
}

inline std::map<std::string, Tensor> last(const fs::path& folder) {
  return read_tensors(folder / "checkpoints/last.safetensors").tensors;
}

// "" if every tensor of both is equal bit for bit, else the first name that differs.
inline std::string first_difference(const std::map<std::string, Tensor>& a,
                                    const std::map<std::string, Tensor>& b) {
  if (a.size() != b.size()) return "the number of tensors";
  for (const auto& [name, tensor] : a) {
    const auto other = b.find(name);
    if (other == b.end() || !torch::equal(tensor, other->second)) return name;
  }
  return "";
}

// Every column but those that time the run.
inline void expect_equal_losses(const fs::path& a, const fs::path& b) {
  const MetricsTable first = read_metrics(a / "metrics.csv"),
                     second = read_metrics(b / "metrics.csv");
  ASSERT_EQ(first.columns, second.columns);
  ASSERT_EQ(first.rows.size(), second.rows.size());
  for (const auto& name : first.columns) {
    if (name == "seconds" || name == "images_per_second") continue;
    EXPECT_EQ(first.column(name), second.column(name)) << name;
  }
}

/// Settings under which the second step's loss is infinite.
inline const std::vector<std::string> kDiverging{
    "train.optimizer.name=sgd", "train.optimizer.learning_rate=1e30", "train.clip_norm=0",
    "objective.likelihood.sigma=fixed", "model.encoder.normalization=none"};

/// A folder for the runs, which are quiet.
class TrainerTest : public testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kQuiet); }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  TemporaryFolder folder_;
};

}  // namespace latent
