// Two processes that train one model, here two threads: their sums, decisions and files go through
// the world, and they make what one process makes.
#include "core/world.h"

#include <ATen/ATen.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "core/system/file.h"
#include "unit/training.h"

namespace latent {
namespace {

// What the threads of a twin share: each call waits for all.
class Meeting {
 public:
  explicit Meeting(int64_t size) : parts_(static_cast<size_t>(size)) {}

  // Returns the sum of the tensors in the order of the ranks.
  Tensor sum(int64_t rank, const Tensor& mine) {
    std::unique_lock<std::mutex> lock(mutex_);
    parts_[static_cast<size_t>(rank)] = mine.clone();
    const int64_t round = round_;
    if (++arrived_ == static_cast<int64_t>(parts_.size())) {
      sum_ = parts_[0];
      for (size_t i = 1; i < parts_.size(); ++i)
        sum_ = sum_ + parts_[i];
      arrived_ = 0;
      ++round_;
      ++rounds;
      all_here_.notify_all();
    } else {
      all_here_.wait(lock, [&] { return round_ != round; });
    }
    return sum_;
  }

  int64_t rounds = 0;

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  std::vector<Tensor> parts_;
  Tensor sum_;
  int64_t arrived_ = 0, round_ = 0;
};

class Twin : public World {
 public:
  Twin(Meeting& meeting, int64_t rank) : meeting_(meeting), rank_(rank) {}
  int64_t rank() const override { return rank_; }
  int64_t size() const override { return 2; }
  void sum(Tensor values) const override {
    const torch::NoGradGuard no_grad;
    values.copy_(meeting_.sum(rank_, values));
  }
  bool any(bool mine) const override {
    return meeting_.sum(rank_, at::full({}, mine ? 1.0 : 0.0)).item<double>() > 0;
  }

 private:
  Meeting& meeting_;
  int64_t rank_;
};

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

// No batch normalisation: its statistics are those of each process's part.
const std::vector<std::string> kSettings{"model.encoder.normalization=none",
                                         "train.optimizer.name=sgd", "train.schedule=constant"};

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

// A batch of one image leaves the second without any.
TEST_F(WorldTest, APartMayBeEmpty) {
  Meeting meeting(2);
  auto odd = kSettings;
  odd.emplace_back("train.batch_size=20");  // of 21 images
  EXPECT_EQ(train_two(kEverything, folder_ / "run", odd, meeting),
            (std::vector<std::string>{"", ""}));
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
