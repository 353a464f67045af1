// Several listeners of one training: what each hears, and when.
#include "train/listener.h"

#include <spdlog/fmt/fmt.h>

#include "unit/training.h"

namespace latent {
namespace {

const std::string kSparse = R"({
  "data": {"name": "shapes", "count": 21, "size": [8, 8]},
  "model": {"encoder": "dense", "bottleneck": {"name": "point", "activation": "relu"}, "latent_dim": 3},
  "objective": {"likelihood": "gaussian", "sparsity_l1": {"weight": 0.1}},
  "train": {"epochs": 2, "batch_size": 8}})";

using Heard = std::vector<std::string>;

/// Notes what it hears in a list that listeners share.
class Recorder : public TrainListener {
 public:
  Recorder(std::string name, Heard& heard) : name_(std::move(name)), heard_(heard) {}

  void step(const StepReport& report) override {
    heard_.push_back(fmt::format("{}: epoch {}, {} images", name_, report.epoch, report.images));
  }
  void epoch(const EpochReport& report) override {
    heard_.push_back(fmt::format("{}: end of epoch {}", name_, report.epoch));
  }
  void finished(const TrainState& state) override {
    heard_.push_back(fmt::format("{}: finished, {} epochs", name_, state.epoch));
  }

 private:
  std::string name_;
  Heard& heard_;
};

/// Compares the numbers of each epoch with the last row of metrics.csv.
class Comparer : public TrainListener {
 public:
  explicit Comparer(std::filesystem::path metrics) : metrics_(std::move(metrics)) {}

  void epoch(const EpochReport& report) override {
    ++epochs;
    const MetricsTable table = read_metrics(metrics_);
    ASSERT_EQ(report.numbers.size(), table.columns.size());
    ASSERT_EQ(table.rows.size(), static_cast<size_t>(report.epoch));
    for (size_t i = 0; i < table.columns.size(); ++i) {
      EXPECT_EQ(report.numbers[i].first, table.columns[i]);
      EXPECT_EQ(report.numbers[i].second, table.rows.back()[i]) << table.columns[i];
    }
  }

  int epochs = 0;

 private:
  std::filesystem::path metrics_;
};

class TrainListenerTest : public TrainerTest {
 protected:
  // What two listeners hear of a training.
  Heard hear(const std::vector<std::string>& settings, bool resume = false) {
    Heard heard;
    Recorder first("a", heard), second("b", heard);
    const std::array<TrainListener*, 2> both{&first, &second};
    prepare(kEverything, folder_ / "run", settings, resume).trainer->train(both);
    return heard;
  }
};

TEST_F(TrainListenerTest, EachHearsEveryStepAndEpochInOrder) {
  Heard expected;
  const auto both = [&](const std::string& what) {
    expected.insert(expected.end(), {"a: " + what, "b: " + what});
  };
  for (const std::string epoch : {"1", "2"}) {
    for (const char* images : {"8", "16", "21"})
      both("epoch " + epoch + ", " + images + " images");
    both("end of epoch " + epoch);
  }
  both("finished, 2 epochs");
  EXPECT_EQ(hear({"train.epochs=2"}), expected);
  // A resumed run that has nothing left to train.
  EXPECT_EQ(hear({"train.epochs=2"}, true),
            (Heard{"a: finished, 2 epochs", "b: finished, 2 epochs"}));
}

TEST_F(TrainListenerTest, TrainingThatStopsEarlyFinishes) {
  const Heard heard =
      hear({"train.early_stopping.patience=2", "train.early_stopping.min_delta=100000"});
  EXPECT_EQ(heard.back(), "b: finished, 3 epochs");
}

TEST_F(TrainListenerTest, TrainingThatFailsDoesNotFinish) {
  Heard heard;
  Recorder recorder("a", heard);
  const auto t = prepare(kEverything, folder_ / "run", {}, false, 7);
  EXPECT_THROW(t.trainer->train(std::array<TrainListener*, 1>{&recorder}), Error);
  EXPECT_EQ(heard.back(), "a: epoch 1, 21 images");
}

TEST_F(TrainListenerTest, NumbersAreTheRowOfTheMetrics) {
  for (const std::string run : {"plain", "sparse"}) {
    const auto t = prepare(run == "plain" ? kEverything : kSparse, folder_ / run);
    Comparer comparer(t.run.metrics());
    t.trainer->train(std::array<TrainListener*, 1>{&comparer});
    EXPECT_EQ(comparer.epochs, t.trainer->state().epoch) << run;
  }
}

}  // namespace
}  // namespace latent
