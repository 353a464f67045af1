#include "command/registry.h"

#include <gmock/gmock.h>

#include <set>

#include "analysis/anomaly.h"
#include "measure/measure.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(Commands, HaveNamesAsTypedAndFlags) {
  std::set<std::string> names;
  for (const auto& row : commands().rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " is there twice";
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
    EXPECT_FALSE(row.summary.empty()) << row.name;
    cxxopts::Options options("latent " + row.name);
    EXPECT_NO_THROW(row.declare(options)) << row.name;
  }
}

TEST(Commands, NameEveryAnomalyScoreInTheHelpOfDetect) {
  cxxopts::Options options("latent detect");
  commands().find("detect", "test").declare(options);
  const std::string help = options.help();
  for (const auto& row : anomaly_scores().rows())
    EXPECT_NE(help.find(row.name + ":"), std::string::npos) << row.name << " in " << help;
}

TEST(Commands, NameEveryMeasureInTheHelpOfEvaluate) {
  cxxopts::Options options("latent evaluate");
  commands().find("evaluate", "test").declare(options);
  const std::string help = options.help();
  for (const auto& row : measures().rows())
    EXPECT_NE(help.find(row.name + (row.by_default ? "*:" : ":")), std::string::npos) << row.name;
}

}  // namespace
}  // namespace latent
