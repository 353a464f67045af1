#include "command/flags/parse.h"

#include <gmock/gmock.h>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

using testing::ElementsAre;

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    make_directories(folder_ / "x/checkpoints");
    for (const char* file : {"config.json", "build.json", "checkpoints/best.safetensors",
                             "checkpoints/step-00000012.safetensors"})
      write_file(folder_ / "x" / file, R"({"format": 1})");
  }

  static Arguments parse(std::vector<std::string> words, bool resumes = false) {
    cxxopts::Options options("latent test");
    declare_run(options);
    declare_settings(options);
    options.add_options()("files", "", cxxopts::value<std::vector<std::string>>(), "FILES")(
        "n,count", "", cxxopts::value<int64_t>(), "N");
    if (resumes) options.add_options()("resume", "");
    options.add_options()("h,help", "");
    options.parse_positional("files");
    words.insert(words.begin(), "test");
    std::vector<const char*> argv;
    for (const auto& word : words)
      argv.push_back(word.c_str());
    return parse_command_line(options, static_cast<int>(argv.size()), argv.data());
  }

  TemporaryFolder folder_;
  const std::string run_ = (folder_ / "x").string();
};

TEST_F(CommandLine, ARunMayStandAsAWord) {
  const Arguments arguments = parse({"a.png", run_, "--count", "3"});
  EXPECT_EQ(arguments.run(), run_);
  EXPECT_THAT(arguments.texts("files"), ElementsAre("a.png"));
  EXPECT_EQ(arguments.checkpoint(arguments.run()), "best");
}

TEST_F(CommandLine, AWordIsNoRunWhereItIsAValueOrRunIsGiven) {
  EXPECT_THAT(parse({"--run", "other", run_}).texts("files"), ElementsAre(run_));
  EXPECT_FALSE(parse({"--set", run_}).has("run"));
  EXPECT_FALSE(parse({"--", run_}).has("run"));
  EXPECT_FALSE(parse({run_ + "/config.json"}).has("run")) << "a file of its own";
}

// `train` takes a config as its word.
TEST_F(CommandLine, ACommandThatResumesTakesARunOnlyThen) {
  EXPECT_FALSE(parse({run_}, true).has("run"));
  EXPECT_EQ(parse({run_, "--resume"}, true).run(), run_);
}

TEST_F(CommandLine, TheFileOfACheckpointNamesRunAndCheckpoint) {
  const std::string file = run_ + "/checkpoints/step-00000012.safetensors";
  const Arguments word = parse({file});
  EXPECT_EQ(word.run(), run_);
  EXPECT_EQ(word.checkpoint(word.run()), "step-00000012");
  const Arguments both = parse({"--run", file, "--checkpoint", "best"});
  expect_error([&] { both.checkpoint(both.run()); },
               "--checkpoint best: --run names the file of the checkpoint step-00000012; expected "
               "one of the two");
}

TEST_F(CommandLine, AStepStandsForItsCheckpoint) {
  for (const char* name : {"12", "step-12", "step-00000012"}) {
    const Arguments arguments = parse({run_, "--checkpoint", name});
    EXPECT_EQ(arguments.checkpoint(arguments.run()), "step-00000012") << name;
  }
  const Arguments other = parse({run_, "--checkpoint", "step-13"});
  expect_error([&] { other.checkpoint(other.run()); },
               "--checkpoint step-13: expected best or step-00000012");
}

TEST_F(CommandLine, SpacesBesideTheEqualsSignAreNamed) {
  expect_error(
      [] {
        parse({"--set", "train.epochs", "=", "3"});
      },
      "--set train.epochs: a space before the =; expected --set train.epochs=3");
  expect_error(
      [] {
        parse({"--set", "train.epochs", "=3"});
      },
      "--set train.epochs: a space before the =; expected --set train.epochs=3");
}

}  // namespace
}  // namespace latent
