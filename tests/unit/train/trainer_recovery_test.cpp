// Training that is interrupted or killed: it resumes, bit for bit.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>

#include "core/system/file.h"
#include "core/system/interrupt.h"
#include "unit/training.h"

namespace latent {
namespace {

class RecoveryTest : public TrainerTest {};

// Runs in its own process, because a signal stays set: every epoch is interrupted after each of its
// batches, the last included, and at its end.
[[noreturn]] void train_in_pieces(const fs::path& folder) {
  log::set_level(log::Level::kQuiet);
  train(kEverything, folder / "whole");
  std::signal(SIGINT, SIG_DFL);  // ignored where the tests run in the background
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
  std::_Exit(pieces == 4 * 4 - 1 && different.empty() && equal_losses ? 0 : 1);
}

TEST_F(RecoveryTest, ARunInterruptedAfterEveryStepEndsTheSame) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(train_in_pieces(folder_.path()), testing::ExitedWithCode(0), "");
}

TEST_F(RecoveryTest, AnInterruptSaysHowToResume) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto interrupt = [&] {
    log::set_level(log::Level::kQuiet);
    const auto t = prepare(kEverything, folder_ / "run");
    catch_interrupts();
    try {
      train_watched(*t.trainer, {.step =
                                     [](const StepReport& report) {
                                       if (report.images == 16) std::raise(SIGTERM);
                                     },
                                 .epoch = {}});
    } catch (const Interrupted& interrupted) {
      const std::string expected =
          "interrupted after step 2; saved; resume with latent train --run " +
          (folder_ / "run").string() + " --resume";
      const bool good = interrupted.what() == expected && interrupted.signal() == SIGTERM;
      fs::remove_all(folder_.path());
      std::_Exit(good ? 0 : 1);
    }
    std::_Exit(2);
  };
  EXPECT_EXIT(interrupt(), testing::ExitedWithCode(0), "");
}

TEST_F(RecoveryTest, AKilledRunResumesWithinTheEpoch) {
  const std::vector<std::string> often{"train.checkpoint.every_steps=2"};
  train(kEverything, folder_ / "whole");
  train_until(folder_ / "run", 1, 21, often);  // step 3
  const RunDirectory run = RunDirectory::open(folder_ / "run");
  EXPECT_EQ(stored_step(read_checkpoint(run, "last").file), 2);
  EXPECT_FALSE(fs::exists(run.metrics()));
  train_until(folder_ / "run", 3, 8, often, true);  // step 7
  EXPECT_EQ(stored_step(read_checkpoint(run, "last").file), 6);
  train(kEverything, folder_ / "run", often, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "run")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "run");
}

TEST_F(RecoveryTest, CheckpointsAreWrittenByTheClock) {
  train_until(folder_ / "never", 1, 21, {"train.checkpoint.every_minutes=0"});
  EXPECT_FALSE(fs::exists(folder_ / "never/checkpoints/last.safetensors"));
  train_until(folder_ / "always", 1, 21, {"train.checkpoint.every_minutes=1e-9"});
  EXPECT_EQ(stored_step(read_checkpoint(RunDirectory::open(folder_ / "always"), "last").file), 2);
}

TEST_F(RecoveryTest, ADamagedLastCheckpointCostsOnlyTime) {
  train(kEverything, folder_ / "whole");
  train_until(folder_ / "run", 3, 8, {});
  const RunDirectory run = RunDirectory::open(folder_ / "run");
  fs::resize_file(run.checkpoint("last"), 1000);
  fs::remove(run.checkpoint("best"));
  EXPECT_EQ(read_checkpoint(run, "last").name, "step-00000003");
  train(kEverything, folder_ / "run", {}, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "run")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "run");
}

// The rows are in the checkpoint; an epoch that is trained again has one row.
TEST_F(RecoveryTest, LostMetricsComeBackFromTheCheckpoint) {
  train(kEverything, folder_ / "whole");
  const auto damages = std::vector<std::function<void(const fs::path&)>>{
      [](const fs::path& csv) { fs::remove(csv); },
      [](const fs::path& csv) { fs::resize_file(csv, fs::file_size(csv) - 20); },
      [](const fs::path& csv) { write_file(csv, read_file(csv) + "3,9,"); },
      [](const fs::path& csv) { fs::resize_file(csv, 0); },
      [](const fs::path& csv) {
        const std::string text = read_file(csv);
        write_file(csv, text + "3" + text.substr(text.rfind('\n', text.size() - 2) + 2));
      }};
  for (size_t i = 0; i < damages.size(); ++i) {
    const fs::path run = folder_ / ("run" + std::to_string(i));
    train_until(run, 3, 8, {});
    damages[i](run / "metrics.csv");
    prepare(kEverything, run, {}, true);
    EXPECT_EQ(read_metrics(run / "metrics.csv").rows.size(), 2u) << i;
    train(kEverything, run, {}, true);
    expect_equal_losses(folder_ / "whole", run);
  }
}

// Writes the run's checkpoint with one column fewer, as an older version would have.
void forget_column(const fs::path& folder, const std::string& name) {
  TensorFile file = read_tensors(folder / "checkpoints/last.safetensors");
  MetricsTable table = parse_metrics(file.metadata.at("metrics"), "here");
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  ASSERT_NE(found, table.columns.end());
  const auto at = found - table.columns.begin();
  table.columns.erase(found);
  for (auto& row : table.rows)
    row.erase(row.begin() + at);
  file.metadata["metrics"] = metrics_text(table);
  write_tensors(folder / "checkpoints/last.safetensors", file);
}

TEST_F(RecoveryTest, MetricsWithOtherColumnsKeepWhatIsKnown) {
  train(kEverything, folder_ / "whole");
  train_until(folder_ / "old", 3, 8, {});
  forget_column(folder_ / "old", "val_nll_mean");
  const fs::path csv = folder_ / "old/metrics.csv";
  write_file(csv, read_tensors(folder_ / "old/checkpoints/last.safetensors").metadata["metrics"]);
  train(kEverything, folder_ / "old", {}, true);
  const MetricsTable whole = read_metrics(folder_ / "whole/metrics.csv"), old = read_metrics(csv);
  ASSERT_EQ(old.columns, whole.columns);
  EXPECT_EQ(old.column("epoch"), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(old.column("val_loss"), whole.column("val_loss"));
  EXPECT_TRUE(std::isnan(old.column("val_nll_mean")[1]));
  EXPECT_EQ(old.column("val_nll_mean")[2], whole.column("val_nll_mean")[2]);
  // The file may know more than the checkpoint.
  train_until(folder_ / "both", 3, 8, {});
  forget_column(folder_ / "both", "val_nll_mean");
  train(kEverything, folder_ / "both", {}, true);
  expect_equal_losses(folder_ / "whole", folder_ / "both");
}

TEST_F(RecoveryTest, MetricsThatCannotBeWrittenStopNothing) {
  const auto t = prepare(kEverything, folder_ / "run", {"train.epochs=2"});
  fs::create_directories(t.run.metrics());  // a folder in the file's place
  t.trainer->train({});
  EXPECT_EQ(t.trainer->state().epoch, 2);
  fs::remove(t.run.metrics());
  train(kEverything, folder_ / "run", {"train.epochs=3"}, true);
  EXPECT_EQ(read_metrics(t.run.metrics()).rows.size(), 3u);
}

// By nohup, or by the shell of a script that trains in the background.
TEST_F(RecoveryTest, AnIgnoredHangupOrInterruptStaysIgnored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto send = [](int signal, void (*before)(int)) {
    std::signal(signal, before);
    catch_interrupts();
    std::raise(signal);
    std::_Exit(interrupt_signal());
  };
  for (const int signal : {SIGHUP, SIGINT}) {
    EXPECT_EXIT(send(signal, SIG_IGN), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(send(signal, SIG_DFL), testing::ExitedWithCode(signal), "");
  }
}

TEST_F(RecoveryTest, ALaterSecondSignalExitsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto twice = [](std::chrono::milliseconds apart) {
    std::signal(SIGINT, SIG_DFL);  // ignored where the tests run in the background
    catch_interrupts();
    std::raise(SIGINT);
    std::this_thread::sleep_for(apart);
    std::raise(SIGTERM);
    std::_Exit(interrupt_signal());
  };
  EXPECT_EXIT(twice(std::chrono::milliseconds(1100)), testing::ExitedWithCode(143), "");
  EXPECT_EXIT(twice(std::chrono::milliseconds(0)), testing::ExitedWithCode(SIGINT), "");
}

}  // namespace
}  // namespace latent
