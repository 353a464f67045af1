// The keys that a resumed run may change, and those it may not.
#include "session/resume_point.h"

#include <nlohmann/json.hpp>

#include "train/checkpoint/train_state.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::string kTrained = R"({"data": {"name": "shapes"}, "train": {"batch_size": 16}})";

std::vector<std::string> changes(const std::vector<std::string>& settings) {
  Config config = Config::parse(kTrained, "now.json", settings);
  read_experiment(config);
  return forbidden_changes(config, kTrained, "before.json");
}

TEST(ForbiddenChanges, NameTheKeyAndBothValues) {
  EXPECT_EQ(changes({}), std::vector<std::string>{});
  EXPECT_EQ(changes({"train.batch_size=32", "objective.kl.weight=2"}),
            (std::vector<std::string>{"objective.kl.weight is 2.0, was 1.0",
                                      "train.batch_size is 32, was 16"}));
  EXPECT_EQ(changes({"train.schedule=step"}),
            (std::vector<std::string>{"train.schedule.every is 10, was absent",
                                      "train.schedule.factor is 0.1, was absent",
                                      "train.schedule.name is \"step\", was \"constant\""}));
}

TEST(ForbiddenChanges, LeaveOutTheKeysThatMayChange) {
  EXPECT_EQ(changes({"train.epochs=99", "train.pictures_every=3", "train.early_stopping.patience=2",
                     "train.checkpoint.every_steps=7", "train.checkpoint.every_minutes=1",
                     "train.checkpoint.keep=5", "train.on_nan.name=rollback",
                     "train.on_nan.limit=3", "train.on_nan.factor=0.25"}),
            std::vector<std::string>{});
  EXPECT_EQ(changes({"train.early_stopping.min_delta=1"}).size(), 1U);
}

TEST(RefuseFewerEpochs, NamesTheEpochsThatAreTrained) {
  const auto stored = [](int64_t epoch) {
    StoredCheckpoint checkpoint;
    store_state({.epoch = epoch, .step = 10 * epoch, .data = {}}, LearningRateSchedule({}, 1),
                checkpoint.file);
    return std::optional(checkpoint);
  };
  EXPECT_NO_THROW(refuse_fewer_epochs(std::nullopt, 1));
  EXPECT_NO_THROW(refuse_fewer_epochs(stored(3), 3));
  EXPECT_NO_THROW(refuse_fewer_epochs(stored(3), 4));
  expect_error([&] { refuse_fewer_epochs(stored(3), 2); },
               "train.epochs: got 2, but 3 epochs are already trained; expected 3 or more");
  expect_error([&] { refuse_fewer_epochs(stored(1), 0); },
               "train.epochs: got 0, but 1 epoch is already trained; expected 1 or more");
}

// A run whose config is settled; the same config by another file leaves the precision open.
TEST(TakeSettled, ThePrecisionOfTheRun) {
  const TemporaryFolder folder;
  Config config = Config::parse(kTrained, "now.json", {"train.precision=auto"});
  Experiment experiment = read_experiment(config);
  EXPECT_FALSE(holds_run(folder / "run"));
  Config settled = Config::parse(kTrained, "before.json", {"train.precision=bf16"});
  read_experiment(settled);
  RunDirectory::create(folder / "run", false, settled.resolved_text(),
                       nlohmann::ordered_json::object());
  EXPECT_TRUE(holds_run(folder / "run"));
  take_settled(folder / "run", config, experiment.train.precision);
  EXPECT_EQ(experiment.train.precision, "bf16");
  EXPECT_EQ(forbidden_changes(config, settled.resolved_text(), "before.json"),
            std::vector<std::string>{});
}

TEST(TakeSettled, AChosenPrecisionStays) {
  Config config = Config::parse(kTrained, "now.json");
  std::string precision = read_experiment(config).train.precision;
  take_settled("there is no such run", config, precision);
  EXPECT_EQ(precision, "fp32");
}

}  // namespace
}  // namespace latent
