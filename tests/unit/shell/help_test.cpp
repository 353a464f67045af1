#include "shell/help.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "command/flags/parse.h"
#include "shell/completion.h"
#include "shell/examples.h"
#include "shell/flag_values.h"
#include "shell/manual.h"

namespace latent::shell {
namespace {

using testing::Contains;
using testing::HasSubstr;

CommandText text_of_command(const std::string& name) {
  return text_of(commands().find(name, "test"));
}

size_t longest_line(const std::string& text) {
  size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("example: ")) longest = std::max(longest, line.size());
  }
  return longest;
}

TEST(Help, FitsTheTerminal) {
  for (const size_t columns : {80, 60, 40}) {
    for (const auto& row : commands().rows())
      EXPECT_LE(longest_line(help_of(text_of(row), columns)), columns) << row.name;
    EXPECT_LE(longest_line(overview(columns)), columns);
  }
  EXPECT_LE(longest_line(overview(0)), 80) << "unknown width";
}

TEST(Help, IsGrouped) {
  const std::string help = help_of(text_of_command("sample"), 80);
  const size_t input = help.find("\ninput:\n"), look = help.find("\nlook:\n"),
               output = help.find("\noutput:\n"), machine = help.find("\nmachine:\n");
  EXPECT_LT(input, help.find("--run DIR"));
  EXPECT_LT(help.find("--run DIR"), look);
  EXPECT_LT(look, output);
  EXPECT_LT(help.find("--out PATH"), machine);
  EXPECT_LT(machine, help.find("--threads N"));
  EXPECT_THAT(help, HasSubstr("usage:   latent sample RUN [options]"));
  EXPECT_THAT(help, HasSubstr("-n, --count N"));
  EXPECT_THAT(help, HasSubstr("number of images (default: 64)"));
}

// Each example is a command line that its command accepts.
TEST(Help, HasAnExampleForEachCommand) {
  for (const auto& row : commands().rows()) {
    const std::string example = example_of(row.name);
    EXPECT_LE(example.size(), 71) << "80 columns with their title: " << example;
    ASSERT_TRUE(example.starts_with("latent " + row.name)) << row.name << ": " << example;
    std::vector<std::string> words;
    std::istringstream in(example.substr(0, example.find_first_of("|>")));
    for (std::string word; in >> word;) {
      const bool run = word == "runs/fashion" && row.name != "compare" && words.back() != "--run";
      if (run) words.push_back("--run");
      words.push_back(word);
    }
    std::vector<const char*> argv;
    for (size_t i = 1; i < words.size(); ++i)
      argv.push_back(words[i].c_str());
    cxxopts::Options options = declare_command(row);
    EXPECT_NO_THROW(parse_command_line(options, static_cast<int>(argv.size()), argv.data()))
        << example;
  }
}

TEST(Completion, KnowsWhatAFlagTakes) {
  const auto values = [](const std::string& command, const std::string& name) {
    const CommandText text = text_of_command(command);
    for (const auto& flag : text.flags) {
      if (flag.name == name) return values_of(flag);
    }
    return FlagValues{};
  };
  EXPECT_EQ(values("sample", "sampler").kind, ValueKind::kSampler);
  EXPECT_EQ(values("sample", "count").kind, ValueKind::kNone);
  EXPECT_EQ(values("train", "config").kind, ValueKind::kFile);
  EXPECT_EQ(values("train", "init-from").kind, ValueKind::kFolder);
  EXPECT_EQ(values("train", "resume").kind, ValueKind::kNone);
  EXPECT_THAT(values("plot", "kind").words, Contains("losses"));
  EXPECT_THAT(values("evaluate", "measure").words, Contains("elbo"));
  EXPECT_THAT(values_of_words(text_of_command("completion")).words, Contains("zsh"));
}

TEST(Completion, HasTheKeysOfAConfig) {
  const auto keys = config_keys();
  for (const char* key : {"data.name", "model.latent_dim", "model.encoder.channels",
                          "objective.kl.weight", "objective.likelihood.name", "train.epochs",
                          "train.optimizer.learning_rate", "train.tensorboard"})
    EXPECT_THAT(keys, Contains(key));
}

// A family that `latent list` gains must be given its place, or be left out on purpose.
TEST(Completion, KnowsWhereEachFamilyOfPartsStands) {
  cxxopts::Options options = declare_command(commands().find("list", "test"));
  const char* const words[] = {"list"};
  Arguments arguments = parse_command_line(options, 1, words);
  nlohmann::ordered_json listed;
  arguments.collect(listed);
  commands().find("list", "test").run(arguments);
  for (const auto& [family, rows] : listed.items())
    EXPECT_NE(section_of_family(family), nullptr) << family;
}

TEST(Completion, QuotesForShells) { EXPECT_EQ(quoted_word("it's $HOME\n"), "'it'\\''s $HOME '"); }

TEST(Manual, EscapesWhatManObeys) {
  CommandText command{
      .name = "x", .summary = "do it", .usage = "latent x", .example = "", .flags = {}};
  command.flags.push_back({.name = "a-b",
                           .aliases = {},
                           .letter = "a",
                           .value = "N",
                           .meaning = ".dots and \\\n'quoted'",
                           .default_value = "3",
                           .group = "input"});
  const std::string page = manual_page(command);
  EXPECT_THAT(page, HasSubstr(".TH LATENT\\-X 1"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-a\\fR, \\fB\\-\\-a\\-b\\fR \\fIN\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\n\\&.dots and \\e\n.br\n\\&'quoted' (default: 3)\n"));
}

}  // namespace
}  // namespace latent::shell
