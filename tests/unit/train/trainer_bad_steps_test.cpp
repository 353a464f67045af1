// Training that meets NaN: it stops, skips the step or rolls back, also across a resume.
#include <algorithm>
#include <cmath>

#include "core/system/file.h"
#include "unit/training.h"

namespace latent {
namespace {

class BadStepsTest : public TrainerTest {};

// Image 7 is NaN: one batch of each epoch is skipped.
TEST_F(BadStepsTest, BadStepsAreSkippedIfAsked) {
  const std::vector<std::string> skip{"train.on_nan=skip"};
  const auto whole = prepare(kEverything, folder_ / "whole", skip, false, 7);
  whole.trainer->train({});
  EXPECT_EQ(whole.trainer->state().skipped, 4);
  EXPECT_EQ(whole.trainer->state().step, 12);
  for (const double loss : read_metrics(whole.run.metrics()).column("train_loss"))
    EXPECT_TRUE(std::isfinite(loss));
  int64_t files = 0;
  for (const auto& file : fs::directory_iterator(whole.run.bad_steps())) {
    const auto json = nlohmann::json::parse(read_file(file.path()));
    const auto indices = json.at("indices").get<std::vector<int64_t>>();
    EXPECT_NE(std::find(indices.begin(), indices.end(), 7), indices.end()) << json;
    EXPECT_EQ(json.at("what"), "nll");
    EXPECT_EQ(json.at("step"), 3 * (json.at("epoch").get<int>() - 1) + json.at("batch").get<int>());
    ++files;
  }
  EXPECT_EQ(files, 4);
  // Also across a resume in the middle of an epoch.
  const std::vector<std::string> often{"train.on_nan=skip", "train.checkpoint.every_steps=1"};
  const auto killed = prepare(kEverything, folder_ / "parts", often, false, 7);
  EXPECT_THROW(train_watched(*killed.trainer, {.step =
                                                   [](const StepReport& report) {
                                                     if (report.epoch == 2 && report.images == 21)
                                                       throw Killed();
                                                   },
                                               .epoch = {}}),
               Killed);
  const auto parts = prepare(kEverything, folder_ / "parts", often, true, 7);
  parts.trainer->train({});
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  EXPECT_EQ(parts.trainer->state().skipped, 4);
  expect_equal_losses(folder_ / "whole", folder_ / "parts");
}

// The same images count whether bad steps are checked after each step or once an epoch; the short
// last batch has fewer.
TEST_F(BadStepsTest, TheLossesAreMeansOverTheImagesThatCount) {
  for (const char* steps : {"0", "1"}) {
    auto t = prepare(kEverything, folder_ / steps,
                     {"train.on_nan=skip", std::string("train.checkpoint.every_steps=") + steps},
                     false, 7);
    for (const int64_t other : {2, 12})
      t.examples.pixels[other].fill_(std::nan(""));
    t.trainer->train({});
    EXPECT_GT(t.trainer->state().skipped, 5);
  }
  EXPECT_EQ(first_difference(last(folder_ / "0"), last(folder_ / "1")), "");
  expect_equal_losses(folder_ / "0", folder_ / "1");
}

TEST_F(BadStepsTest, SeveralBadStepsShareOneWarning) {
  auto t = prepare(kEverything, folder_ / "run", {"train.on_nan=skip", "train.epochs=1"}, false, 7);
  t.examples.pixels.fill_(std::nan(""));
  log::also_to(t.run.log());
  t.trainer->train({});
  log::also_to({});
  const std::string said = read_file(t.run.log());
  EXPECT_NE(said.find("step 1: nll became NaN or infinite; the first of 3 steps skipped up to "
                      "step 3 (3 of at most 10); its images: "),
            std::string::npos)
      << said;
}

TEST_F(BadStepsTest, TooManyBadStepsStop) {
  const auto t = prepare(kEverything, folder_ / "run",
                         {"train.on_nan={\"name\": \"skip\", \"limit\": 2}"}, false, 7);
  const std::string message = error_of([&] { t.trainer->train({}); });
  EXPECT_TRUE(message.ends_with("; 3 steps skipped so far, more than train.on_nan.limit"))
      << message;
  EXPECT_EQ(t.trainer->state().epoch, 2);
}

std::vector<std::string> diverging(const std::string& on_nan) {
  auto settings = kDiverging;
  settings.push_back("train.on_nan=" + on_nan);
  settings.emplace_back("train.checkpoint.every_steps=1");
  return settings;
}

TEST_F(BadStepsTest, ADivergingRunRollsBackWithALowerRate) {
  const auto settings = diverging(R"({"name": "rollback", "factor": 1e-17})");
  const auto t = prepare(kEverything, folder_ / "whole", settings);
  t.trainer->train({});
  EXPECT_EQ(t.trainer->state().rollbacks, 2);
  EXPECT_EQ(t.trainer->state().epoch, 4);
  EXPECT_NEAR(read_metrics(t.run.metrics()).column("learning_rate")[0], 1e-4, 1e-9);
  // A process that dies before the first rollback, and in a later epoch.
  train_until(folder_ / "parts", 1, 16, settings);
  train_until(folder_ / "parts", 3, 16, settings, true);
  train(kEverything, folder_ / "parts", settings, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "parts");
}

// A rollback checkpoint that an earlier part of the run left is not of this epoch.
TEST_F(BadStepsTest, RollingBackNeverReturnsToAnEarlierEpoch) {
  const std::vector<std::string> back{"train.on_nan=rollback", "train.checkpoint.every_steps=1"},
      stop{"train.on_nan=stop", "train.checkpoint.every_steps=1"};
  const auto rollback_epoch = [&] {
    return stored_epoch(read_tensors(folder_ / "run/checkpoints/rollback.safetensors"));
  };
  auto one = back;
  one.emplace_back("train.epochs=1");
  train(kEverything, folder_ / "run", one);
  EXPECT_EQ(rollback_epoch(), 1);
  train_until(folder_ / "run", 3, 16, stop, true);
  EXPECT_EQ(rollback_epoch(), 1);
  train_until(folder_ / "run", 3, 21, back, true);  // begins within epoch 3
  EXPECT_EQ(rollback_epoch(), 2);
  // One that somebody copied there.
  train(kEverything, folder_ / "other", one);
  const auto t = prepare(kEverything, folder_ / "poisoned", back, false, 7);
  const std::string message = error_of([&] {
    train_watched(*t.trainer, {.step =
                                   [&](const StepReport&) {
                                     fs::copy_file(folder_ / "other/checkpoints/last.safetensors",
                                                   t.run.checkpoint("rollback"),
                                                   fs::copy_options::overwrite_existing);
                                   },
                               .epoch = {}});
  });
  EXPECT_NE(message.find("was written after epoch 1, not 0: expected the start of this epoch"),
            std::string::npos)
      << message;
}

TEST_F(BadStepsTest, RollbacksHaveALimit) {
  const std::string message = error_of([&] {
    train(kEverything, folder_ / "run",
          diverging(R"({"name": "rollback", "factor": 0.9, "limit": 3})"));
  });
  EXPECT_TRUE(message.starts_with("training: step 2: nll became NaN or infinite; its images: "))
      << message;
  EXPECT_TRUE(
      message.ends_with("; rolled back 3 times, as often as train.on_nan.limit allows; lower "
                        "train.optimizer.learning_rate (now 1e+30) or set train.clip_norm"))
      << message;
}

}  // namespace
}  // namespace latent
