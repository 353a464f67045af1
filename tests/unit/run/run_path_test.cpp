#include "run/run_path.h"

#include <gmock/gmock.h>

#include "core/system/file.h"
#include "run/run_directory.h"
#include "unit/expect.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class RunPath : public testing::Test {
 protected:
  fs::path make_run(const std::string& name) const {
    const fs::path run = folder_ / name;
    make_directories(run / "checkpoints");
    make_directories(run / "images/sample");
    for (const char* file :
         {"config.json", "build.json", "checkpoints/best.safetensors", "images/sample/grid.png"})
      write_file(run / file, "{}");
    return run;
  }

  TemporaryFolder folder_;
};

TEST_F(RunPath, IsTheRunThatAFileLiesIn) {
  const fs::path run = make_run("a");
  for (const char* file :
       {"config.json", "checkpoints", "images/sample", "images/sample/grid.png"}) {
    const auto found = run_of_path(run / file);
    ASSERT_TRUE(found) << file;
    EXPECT_EQ(found->run, run) << file;
    EXPECT_EQ(found->checkpoint, "") << file;
  }
  EXPECT_EQ(run_of_path(run)->run, run);
  EXPECT_EQ(run_of_path(run / "checkpoints/best.safetensors")->checkpoint, "best");
}

TEST_F(RunPath, IsNothingElsewhere) {
  const fs::path run = make_run("a");
  EXPECT_FALSE(run_of_path(run / "checkpoints/none.safetensors")) << "no such file";
  EXPECT_FALSE(run_of_path(folder_.path())) << "a folder of runs";
  EXPECT_FALSE(run_of_path(""));
  fs::remove(run / "build.json");
  EXPECT_FALSE(run_of_path(run));
}

TEST_F(RunPath, FindsRunsAndThoseOfInnerFolders) {
  const fs::path b = make_run("b"), a = make_run("a"), inner = make_run("sweep/1");
  make_directories(folder_ / "empty");
  EXPECT_THAT(runs_below(folder_.path(), 10), ElementsAre(a, b, inner));
  EXPECT_THAT(runs_below(folder_.path(), 2), ElementsAre(a, b));
}

TEST_F(RunPath, AFolderOfRunsIsNamedWithThem) {
  const fs::path a = make_run("a");
  expect_error(
      [&] { RunDirectory::open(folder_.path()); },
      folder_.path().string() + ": holds runs, but is none; expected one of " + a.string());
}

}  // namespace
}  // namespace latent
