// Checkpoints as files: which are kept, which is read if others are damaged, and what happens if
// one cannot be written.
#include "train/checkpoint/checkpoint_store.h"

#include <ATen/ATen.h>
#include <sys/resource.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "core/log.h"
#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TensorFile checkpoint(int64_t step) {
  return {.tensors = {{"weight", at::full({500}, static_cast<double>(step))}},
          .metadata = {{"state", nlohmann::json{{"step", step}}.dump()}}};
}

class CheckpointStoreTest : public testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kQuiet); }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  void damage(const std::string& name) const {
    fs::resize_file(run_.checkpoint(name), fs::file_size(run_.checkpoint(name)) / 2);
  }
  std::string path(const std::string& name) const { return run_.checkpoint(name).string(); }
  static double value(const StoredCheckpoint& found) {
    return found.file.tensors.at("weight")[0].item<double>();
  }

  TemporaryFolder folder_;
  RunDirectory run_ =
      RunDirectory::create(folder_ / "run", false, "{}\n", nlohmann::ordered_json::object());
};

TEST_F(CheckpointStoreTest, KeepsTheLastFew) {
  CheckpointStore store(run_, 3);
  for (const int64_t step : {10, 20, 30, 40}) {
    store.write_last(checkpoint(step), step);
    if (step == 20) store.write_best(checkpoint(step), step);
  }
  EXPECT_EQ(run_.checkpoint_names(), (Names{"last", "best", "step-00000030", "step-00000020"}));
  EXPECT_EQ(value(read_checkpoint(run_, "last")), 40);
  EXPECT_EQ(value(read_checkpoint(run_, "best")), 20);
  EXPECT_EQ(read_tensors(path("step-00000030")).tensors.at("weight")[0].item<double>(), 30);
}

TEST_F(CheckpointStoreTest, KeepsOnlyTheLastIfAsked) {
  CheckpointStore store(run_, 1);
  for (const int64_t step : {10, 20})
    store.write_last(checkpoint(step), step);
  EXPECT_EQ(run_.checkpoint_names(), Names{"last"});
}

TEST_F(CheckpointStoreTest, ADamagedOneIsReplacedByTheNewestGoodOne) {
  CheckpointStore store(run_, 3);
  for (const int64_t step : {10, 20, 30}) {
    store.write_last(checkpoint(step), step);
    if (step == 10) store.write_best(checkpoint(step), step);
  }
  damage("last");
  EXPECT_EQ(read_checkpoint(run_, "last").name, "step-00000020");
  damage("step-00000020");
  EXPECT_EQ(read_checkpoint(run_, "last").name, "best") << "as new as step-00000010";
  fs::remove(path("best"));
  EXPECT_EQ(read_checkpoint(run_, "best").name, "step-00000010");
  damage("step-00000010");
  const std::string message = error_of([&] { read_checkpoint(run_, "last"); });
  EXPECT_TRUE(message.starts_with(path("last") + ": damaged or not a safetensors file: "))
      << message;
  EXPECT_TRUE(
      message.ends_with("; no other checkpoint of the run can be read; expected a backup in "
                        "its place, or training from the start with --overwrite"))
      << message;
}

// The checkpoint of an epoch's start is a fallback like any other.
TEST_F(CheckpointStoreTest, RollbackIsAFallbackToo) {
  CheckpointStore store(run_, 1);
  store.write_last(checkpoint(10), 10);
  store.keep_for_rollback();
  store.write_last(checkpoint(20), 20);
  EXPECT_EQ(run_.checkpoint_names(), (Names{"last", "rollback"}));
  damage("last");
  const StoredCheckpoint found = read_checkpoint(run_, "last");
  EXPECT_EQ(found.name, "rollback");
  EXPECT_EQ(value(found), 10);
  store.continue_from(found);
  store.write_last(checkpoint(15), 15);
  EXPECT_EQ(run_.checkpoint_names(), (Names{"last", "rollback"}));
  EXPECT_EQ(value(read_checkpoint(run_, "last")), 15);
}

TEST_F(CheckpointStoreTest, TheWarningNamesBothFiles) {
  CheckpointStore store(run_, 2);
  store.write_last(checkpoint(10), 10);
  store.write_last(checkpoint(20), 20);
  damage("last");
  log::also_to(run_.log());
  read_checkpoint(run_, "last");
  log::also_to({});
  const std::string said = read_file(run_.log());
  EXPECT_NE(said.find(path("last") + ": damaged or not a safetensors file: "), std::string::npos);
  EXPECT_NE(
      said.find("; using " + path("step-00000010") + " (step 10), the newest that can be read"),
      std::string::npos)
      << said;
}

TEST_F(CheckpointStoreTest, ARunWithoutCheckpointsIsAnError) {
  expect_error([&] { read_checkpoint(run_, "best"); },
               run_.path().string() +
                   ": no checkpoint yet; expected a run that trained for at least one epoch");
  write_file(run_.metrics(), "epoch,step\n1,10\n2,20\n");
  expect_error([&] { read_checkpoint(run_, "best"); },
               run_.path().string() +
                   ": no checkpoint, although metrics.csv has 2 epochs; expected the files of "
                   "checkpoints/ restored, or a new training: " +
                   run_.resume_command());
}

// A damaged checkpoint is not kept as a fallback, and checkpoints later than the one that training
// continues from are removed.
TEST_F(CheckpointStoreTest, ContinuesFromAnOlderOne) {
  {
    CheckpointStore store(run_, 3);
    for (const int64_t step : {10, 20, 30})
      store.write_last(checkpoint(step), step);
  }
  damage("last");
  damage("step-00000020");
  CheckpointStore store(run_, 2);
  const StoredCheckpoint found = read_checkpoint(run_, "last");
  EXPECT_EQ(found.name, "step-00000010");
  store.continue_from(found);
  store.write_last(checkpoint(15), 15);
  EXPECT_EQ(run_.checkpoint_names(), (Names{"last", "step-00000010"}));
  EXPECT_EQ(value(read_checkpoint(run_, "last")), 15);
}

TEST_F(CheckpointStoreTest, WritingAStepTwiceKeepsThePreviousOne) {
  CheckpointStore store(run_, 2);
  for (const int64_t step : {10, 20, 20})
    store.write_last(checkpoint(step), step);
  EXPECT_EQ(run_.checkpoint_names(), (Names{"last", "step-00000010"}));
}

// Files of this process cannot grow, as on a full disk.
TEST_F(CheckpointStoreTest, AFullDiskKeepsTheCheckpointAndSaysHowToResume) {
  CheckpointStore store(run_, 2);
  store.write_last(checkpoint(10), 10);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limited{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limited);
  const std::string message = error_of([&] { store.write_last(checkpoint(20), 20); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, path("last") +
                         ": cannot be written: File too large (4 attempts); training stopped at "
                         "step 20, the checkpoint of step 10 is kept; fix that and resume with "
                         "latent train --run " +
                         run_.path().string() + " --resume");
  EXPECT_EQ(value(read_checkpoint(run_, "last")), 10);
  EXPECT_TRUE(run_.temporaries().empty());
  store.write_last(checkpoint(20), 20);  // there is room again
  EXPECT_EQ(value(read_checkpoint(run_, "last")), 20);
}

}  // namespace
}  // namespace latent
