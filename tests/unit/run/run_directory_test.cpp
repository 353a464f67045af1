#include "run/run_directory.h"

#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Run : public testing::Test {
 protected:
  RunDirectory create(bool overwrite = false) const {
    return RunDirectory::create(path_, overwrite, "{}\n", {{"latent", "1.2.3"}});
  }

  TemporaryFolder folder_;
  const fs::path path_ = folder_ / "run";
  const std::string name_ = path_.string();
};

TEST_F(Run, CreateAndOpen) {
  const RunDirectory run = create();
  EXPECT_EQ(read_file(run.config()), "{}\n");
  const auto build = nlohmann::json::parse(read_file(path_ / "build.json"));
  EXPECT_EQ(build.at("latent"), "1.2.3");
  EXPECT_EQ(build.at("format"), kRunFormat);
  EXPECT_TRUE(fs::is_directory(path_ / "checkpoints"));
  const RunDirectory opened = RunDirectory::open(path_);
  EXPECT_EQ(opened.path(), path_);
  EXPECT_EQ(opened.checkpoint("best"), path_ / "checkpoints/best.safetensors");
  EXPECT_EQ(opened.image("sample", "grid.png"), path_ / "images/sample/grid.png");
  EXPECT_EQ(opened.metrics(), path_ / "metrics.csv");
  EXPECT_EQ(opened.log(), path_ / "log.txt");
}

TEST_F(Run, ListsTheNewestCheckpointsFirst) {
  const RunDirectory run = create();
  EXPECT_TRUE(run.checkpoint_names().empty());
  for (const char* name : {"step-00000090", "step-00000100", "best", "last", "step-", "mine"})
    write_file(run.checkpoint(name), "weights");
  write_file(path_ / "checkpoints/last.safetensors.tmp12", "half");
  EXPECT_EQ(run.checkpoint_names(),
            (std::vector<std::string>{"last", "best", "step-00000100", "step-00000090"}));
  EXPECT_EQ(RunDirectory::older_name(120), "step-00000120");
  EXPECT_EQ(RunDirectory::step_of("step-00000120"), 120);
  EXPECT_EQ(RunDirectory::step_of("step-12x"), -1);
  EXPECT_EQ(RunDirectory::step_of("last"), -1);
}

// Process 1 always runs; no process has the largest possible number.
TEST_F(Run, RemovesTemporaryFilesOfKilledWriters) {
  const RunDirectory run = create();
  fs::create_directories(path_ / "images/train");
  fs::create_directories(path_ / "images/sample");
  for (const char* name :
       {"metrics.csv.tmp1", "checkpoints/last.safetensors.tmp1", "images/train/loss.png.tmp1",
        "images/sample/grid.png.tmp1", "images/sample/grid.png.tmp2147483647", "notes.tmpl"})
    write_file(path_ / name, "half");
  fs::create_directories(path_ / "mine");
  for (const char* name : {"notes.tmp2024", "notes.tmp2147483647", "mine/notes.tmp2147483647"})
    write_file(path_ / name, "a person's own");
  EXPECT_EQ(run.temporaries().size(), 4u);
  run.remove_temporaries();
  EXPECT_TRUE(run.temporaries().empty());
  EXPECT_FALSE(fs::exists(path_ / "metrics.csv.tmp1"));
  EXPECT_FALSE(fs::exists(path_ / "checkpoints/last.safetensors.tmp1"));
  EXPECT_FALSE(fs::exists(path_ / "images/train/loss.png.tmp1"));
  EXPECT_FALSE(fs::exists(path_ / "images/sample/grid.png.tmp2147483647"));
  EXPECT_TRUE(fs::exists(path_ / "images/sample/grid.png.tmp1")) << "of a process at work";
  EXPECT_TRUE(fs::exists(path_ / "notes.tmpl"));
  EXPECT_TRUE(fs::exists(path_ / "notes.tmp2024"));
  EXPECT_TRUE(fs::exists(path_ / "notes.tmp2147483647"));
  EXPECT_TRUE(fs::exists(path_ / "mine/notes.tmp2147483647"));
  EXPECT_TRUE(fs::exists(path_ / "config.json"));
}

TEST_F(Run, TheResumeCommandIsQuotedForAShell) {
  EXPECT_EQ(create().resume_command(), "latent train --run " + name_ + " --resume");
  const auto command = [&](const char* name) {
    return RunDirectory::create(folder_ / name, false, "{}", {}).resume_command();
  };
  const std::string folder = folder_.path().string();
  EXPECT_EQ(command("my run"), "latent train --run '" + folder + "/my run' --resume");
  EXPECT_EQ(command("it's"), "latent train --run '" + folder + "/it'\\''s' --resume");
  EXPECT_EQ(command("$HOME;x"), "latent train --run '" + folder + "/$HOME;x' --resume");
}

TEST_F(Run, AnEmptyFolderCanBeUsed) {
  fs::create_directories(path_);
  create();
  EXPECT_TRUE(fs::exists(path_ / "config.json"));
}

TEST_F(Run, ARunIsNotOverwrittenUnlessAskedTo) {
  create();
  write_file(path_ / "metrics.csv", "old");
  write_file(path_ / "checkpoints/last.safetensors", "old");
  write_file(path_ / "notes.txt", "mine");
  for (const char* folder : {"encode", "detect"}) {
    fs::create_directories(path_ / folder);
    write_file(path_ / folder / "test.csv", "of the old model");
  }
  expect_error([&] { create(); }, name_ +
                                      ": a run already exists here; expected a new folder (--run), "
                                      "--overwrite, or --resume to continue it");
  EXPECT_EQ(read_file(path_ / "metrics.csv"), "old");
  create(true);
  EXPECT_FALSE(fs::exists(path_ / "metrics.csv"));
  EXPECT_FALSE(fs::exists(path_ / "checkpoints/last.safetensors"));
  EXPECT_FALSE(fs::exists(path_ / "encode"));
  EXPECT_FALSE(fs::exists(path_ / "detect"));
  EXPECT_EQ(read_file(path_ / "notes.txt"), "mine");
}

TEST_F(Run, RefusesFoldersWithOtherFiles) {
  fs::create_directories(path_);
  write_file(path_ / "config.json", "theirs");
  for (const bool overwrite : {false, true}) {
    expect_error([&] { create(overwrite); },
                 name_ + ": holds other files; expected a new or empty folder for the run");
  }
  EXPECT_EQ(read_file(path_ / "config.json"), "theirs");
}

// A process that was killed while it made the folder: the same command can be repeated.
TEST_F(Run, AFolderWithoutAConfigCanBeUsed) {
  fs::create_directories(path_ / "checkpoints");
  write_file(path_ / "train.lock", "");
  write_file(path_ / "build.json.tmp12", "{");
  write_file(path_ / "build.json", "{}");
  create();
  EXPECT_EQ(read_file(path_ / "config.json"), "{}\n");
}

TEST_F(Run, ABuildFileAloneIsRefused) {
  fs::create_directories(path_);
  write_file(path_ / "build.json", "theirs");
  expect_error([&] { create(); },
               name_ + ": holds other files; expected a new or empty folder for the run");
}

TEST_F(Run, AFileIsNotAFolder) {
  write_file(path_, "");
  expect_error([&] { create(); }, name_ + ": is a file; expected a new folder for the run");
  expect_error([&] { RunDirectory::create(path_ / "below", false, "", {}); },
               name_ + "/below: cannot make this folder: Not a directory");
}

TEST_F(Run, OpeningNamesWhatIsWrong) {
  expect_error([&] { RunDirectory::open(path_); },
               name_ + ": no such run; expected a folder made by latent train");
  fs::create_directories(path_);
  expect_error([&] { RunDirectory::open(path_); },
               name_ + ": not a run of latent train: config.json is missing");
  write_file(path_ / "config.json", "{}");
  expect_error([&] { RunDirectory::open(path_); },
               name_ + ": not a run of latent train: build.json is missing");
  for (const char* damaged : {"", "{", "[]", "{}", R"({"format": "1"})"}) {
    write_file(path_ / "build.json", damaged);
    expect_error([&] { RunDirectory::open(path_); },
                 name_ + "/build.json: damaged; expected an object with \"format\"");
  }
  write_file(path_ / "build.json", R"({"format": 99})");
  expect_error(
      [&] { RunDirectory::open(path_); },
      name_ +
          ": made by a newer latent (run format 99); expected format 1 or older; update latent");
}

TEST_F(Run, FreeNamesAreNumbered) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_EQ(RunDirectory::free_name("vae"), "runs/vae-1");  // and makes it
  fs::create_directories("runs/vae-3");
  EXPECT_EQ(RunDirectory::free_name("vae"), "runs/vae-2");
  EXPECT_EQ(RunDirectory::free_name("ae"), "runs/ae-1");
  fs::current_path(before);
}

}  // namespace
}  // namespace latent
