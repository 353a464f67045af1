// Two processes that train one model, here two threads: their sums, decisions and files go through
// the world, and they make what one process makes.
#include "core/world.h"

#include <ATen/ATen.h>

#include <exception>
#include <thread>

#include "core/system/file.h"
#include "unit/training.h"
#include "unit/twin.h"

namespace latent {
namespace {

// Trains as two; returns the messages of what they threw.
std::vector<std::string> train_two(const std::string& text, const fs::path& folder,
                                   const std::vector<std::string>& settings, Meeting& meeting,
                                   bool resume = false, int64_t poisoned = -1) {
  const Twin twins[] = {{meeting, 0}, {meeting, 1}};
  // The second opens the folder that the first made.
  auto leader = prepare(text, folder, settings, resume, poisoned, twins[0]);
  auto second = prepare(text, folder, settings, true, poisoned, twins[1], /*restore=*/resume);
  std::vector<std::string> messages(2);
  const auto run = [&](TrainerFixture& t, std::string& message) {
    try {
      t.trainer->train({});
    } catch (const std::exception& failure) {
      message = failure.what();
    }
  };
  std::thread other([&] { run(second, messages[1]); });
  run(leader, messages[0]);
  other.join();
  for (const auto& item : leader.model->named_parameters())
    EXPECT_TRUE(at::equal(item.value(), second.model->named_parameters()[item.key()]))
        << item.key();
  return messages;
}

const std::vector<std::string> kSettings{"train.optimizer.name=sgd", "train.schedule=constant"};

std::vector<std::string> with(std::vector<std::string> settings,
                              const std::vector<std::string>& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

class WorldTest : public TrainerTest {};

TEST_F(WorldTest, TwoTrainAsOne) {
  Meeting meeting(2);
  train(kEverything, folder_ / "one", kSettings);
  EXPECT_EQ(train_two(kEverything, folder_ / "two", kSettings, meeting),
            (std::vector<std::string>{"", ""}));
  EXPECT_GT(meeting.rounds, 2 * 12);
  const auto one = last(folder_ / "one"), two = last(folder_ / "two");
  ASSERT_EQ(one.size(), two.size());
  for (const auto& [name, tensor] : one) {
    if (!name.starts_with("model.")) continue;
    // Sums of the same terms in another order, twelve steps on.
    expect_tensor_near(two.at(name), tensor, 1e-3);
  }
  const auto losses = [&](const char* run) {
    return read_metrics(folder_ / run / "metrics.csv").column("train_loss");
  };
  ASSERT_EQ(losses("two").size(), 4u);
  for (size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(losses("two")[i], losses("one")[i], 1e-4 * std::abs(losses("one")[i]));
}

TEST_F(WorldTest, TwoAreResumed) {
  Meeting meeting(2);
  auto half = kSettings;
  half.emplace_back("train.epochs=2");
  train_two(kEverything, folder_ / "whole", kSettings, meeting);
  train_two(kEverything, folder_ / "parts", half, meeting);
  train_two(kEverything, folder_ / "parts", kSettings, meeting, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
}

// Image 7 is NaN and lies in one part only; both skip its batch.
TEST_F(WorldTest, ABadStepIsSkippedByAll) {
  Meeting meeting(2);
  auto skip = kSettings;
  skip.emplace_back("train.on_nan=skip");
  EXPECT_EQ(train_two(kEverything, folder_ / "run", skip, meeting, false, 7),
            (std::vector<std::string>{"", ""}));
  int64_t noted = 0;
  for (const auto& file : fs::directory_iterator(folder_ / "run/bad-steps"))
    noted += file.is_regular_file();
  EXPECT_EQ(noted, 4);  // one of each epoch, written once
}

// Trains as one and as two with these settings, and compares the losses of each epoch.
void expect_same_losses(const std::string& text, const fs::path& folder,
                        const std::vector<std::string>& settings) {
  Meeting meeting(2);
  train(text, folder / "one", settings);
  EXPECT_EQ(train_two(text, folder / "two", settings, meeting), (std::vector<std::string>{"", ""}));
  const auto one = read_metrics(folder / "one/metrics.csv"),
             two = read_metrics(folder / "two/metrics.csv");
  ASSERT_EQ(one.columns, two.columns);
  for (const auto& name : one.columns) {
    if (!name.starts_with("train_") && !name.starts_with("val_")) continue;
    const auto expected = one.column(name), found = two.column(name);
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(found[i], expected[i], 1e-4 * (1 + std::abs(expected[i]))) << name << " " << i;
  }
}

// A batch of one image cannot be cut in two: both train on it.
TEST_F(WorldTest, ABatchMayBeSmallerThanTheWorld) {
  expect_same_losses(kEverything, folder_ / "odd",
                     with(kSettings, {"train.batch_size=20"}));  // of 21
}

// These see the latents of both.
TEST_F(WorldTest, LossesThatCompareImages) {
  const std::vector<std::vector<std::string>> choices{
      {"objective.total_correlation.weight=2"},
      {"objective.mmd.weight=5"},
      {"objective.dip.weight=2"},
      {"objective.kl.capacity=3"},
      {"objective.kl.free_nats=0.5", "objective.kl.warmup_epochs=0"},
      {"objective.kl.target=4", "objective.kl.warmup_epochs=0"},
      {"objective.likelihood.sigma=optimal"},
      {"objective.factor={\"hidden\": [8]}"}};
  for (size_t i = 0; i < choices.size(); ++i) {
    SCOPED_TRACE(choices[i][0]);
    expect_same_losses(kEverything, folder_ / std::to_string(i),
                       with(kSettings, with({"train.epochs=2"}, choices[i])));
  }
}

// Codes are counted, averaged and revived over the vectors of both.
TEST_F(WorldTest, Codes) {
  const std::string coded = R"({
    "data": {"name": "shapes", "count": 21, "size": [8, 8]},
    "model": {"encoder": {"channels": [4, 8]}, "bottleneck": {"name": "vq", "codes": 9, "decay": 0.7, "revive": 0.5},
              "latent_dim": 3},
    "objective": {"likelihood": {"name": "gaussian", "value": 0.1}},
    "train": {"epochs": 3, "batch_size": 8}})";
  const std::vector<std::vector<std::string>> choices{
      {},
      {"model.bottleneck.update=gradient"},
      {"model.bottleneck.estimator=rotation"},
      {"model.bottleneck.revive=0"},
      {R"(model.bottleneck={"name": "fsq", "levels": [5, 4, 3]})"}};
  for (size_t i = 0; i < choices.size(); ++i) {
    SCOPED_TRACE(i);
    expect_same_losses(coded, folder_ / std::to_string(i), with(kSettings, choices[i]));
  }
}

// Every process cuts its own part, so two have other parts than one, but both the same number.
TEST_F(WorldTest, PartsInTurn) {
  Meeting meeting(2);
  EXPECT_EQ(
      train_two(kEverything, folder_ / "run", with(kSettings, {"train.accumulate=4"}), meeting),
      (std::vector<std::string>{"", ""}));
}

TEST(World, ThePartsOfABatch) {
  using Sizes = std::vector<int64_t>;
  EXPECT_EQ(part_sizes(7, 2), (Sizes{3, 4}));
  EXPECT_EQ(part_sizes(8, 4), (Sizes{2, 2, 2, 2}));
  EXPECT_EQ(part_sizes(7, 2, 0, 3), (Sizes{1, 1}));
  EXPECT_EQ(part_sizes(7, 2, 1, 3), (Sizes{1, 1}));
  EXPECT_EQ(part_sizes(7, 2, 2, 3), (Sizes{1, 2}));
}

TEST(World, TextsOfAll) {
  EXPECT_EQ(alone().gather("mine"), std::vector<std::string>{"mine"});
  in_both([](const World& world) {
    EXPECT_EQ(world.gather(world.rank() == 0 ? "" : "two\nlines"),
              (std::vector<std::string>{"", "two\nlines"}));
  });
}

// The second has a folder of its own here, which stays empty.
TEST_F(WorldTest, OnlyTheLeaderWritesFiles) {
  Meeting meeting(2);
  const Twin twins[] = {{meeting, 0}, {meeting, 1}};
  const auto leader = prepare(kEverything, folder_ / "a", kSettings, false, -1, twins[0]);
  const auto second = prepare(kEverything, folder_ / "b", kSettings, false, -1, twins[1]);
  std::thread other([&] { second.trainer->train({}); });
  leader.trainer->train({});
  other.join();
  EXPECT_EQ(leader.run.checkpoint_names().front(), "last");
  EXPECT_TRUE(fs::exists(leader.run.metrics()));
  EXPECT_TRUE(second.run.checkpoint_names().empty());
  EXPECT_FALSE(fs::exists(second.run.metrics()));
}

TEST(World, WhatTheLeaderCannotDoEndsAll) {
  Meeting meeting(2);
  const Twin twins[] = {{meeting, 0}, {meeting, 1}};
  const auto fail = [] { throw Error("the disk is full"); };
  std::string second;
  std::thread other([&] { second = error_of([&] { twins[1].lead(fail); }); });
  EXPECT_EQ(error_of([&] { twins[0].lead(fail); }), "the disk is full");
  other.join();
  EXPECT_EQ(second, "the process that leads the training failed; see its message");
}

}  // namespace
}  // namespace latent
