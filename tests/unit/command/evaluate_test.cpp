// What the commands say of a penalty that a row of the tests adds: its terms in the text and the
// JSON of `latent evaluate`, its keys and their meanings in `latent list` and `latent config`.
#include <gmock/gmock.h>

#include "command/registry.h"
#include "core/system/file.h"
#include "unit/command/arguments.h"
#include "unit/own_parts.h"
#include "unit/training.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

// What a command prints to stdout. words: its command line.
std::string printed_by(const std::string& command, const std::vector<std::string>& words) {
  const CommandRow& row = commands().find(command, "test");
  const Arguments arguments = command_line(
      [&](cxxopts::Options& options) {
        row.declare(options);
        options.add_options()("device", "", cxxopts::value<std::string>()->default_value("cpu"))(
            "seed", "", cxxopts::value<int64_t>()->default_value("0"))("json", "")("quiet", "");
      },
      words);
  testing::internal::CaptureStdout();
  const std::string failure = error_of([&] { row.run(arguments); });
  std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_EQ(failure, "");
  return printed;
}

class OwnPenaltyTest : public TrainerTest {
 protected:
  OwnRow<PenaltyRow> penalty_{penalties(), three_terms()};
};

TEST_F(OwnPenaltyTest, ItsTermsAreEvaluated) {
  train(kEverything, folder_ / "run", {"objective.three={\"weight\": 2}", "train.epochs=1"});
  const std::string run = (folder_ / "run").string();
  const Json json = Json::parse(
      printed_by("evaluate", {"--run", run, "--split", "validation", "--json", "--quiet"}));
  const auto term = [&](const char* name) { return json.at(name).get<double>(); };
  EXPECT_NEAR(term("loss"),
              term("nll") + term("kl") + 2 * term("size") + 0.1 * term("shift") - term("told") / 21,
              1e-4 * std::abs(term("loss")));
  const std::string text =
      printed_by("evaluate", {"--run", run, "--split", "validation", "--quiet"});
  for (const char* name : {"size", "shift", "told"}) {
    EXPECT_THAT(
        text, testing::ContainsRegex(std::string("\n  ") + name + " +-?[0-9.]+ +nats per image\n"));
  }
}

TEST_F(OwnPenaltyTest, ItsKeysAreExplained) {
  EXPECT_THAT(printed_by("list", {}), HasSubstr("\n  three: three terms and an adversary\n"
                                                "      weight = 1.0  weight of the size of z"));
  write_file(folder_ / "c.json", R"({"data": {"name": "shapes"}, "objective": {"three": {}}})");
  const std::string config = printed_by("config", {"--config", (folder_ / "c.json").string()});
  EXPECT_THAT(config, HasSubstr("objective.three.weight"));
  EXPECT_THAT(config, HasSubstr("weight of the size of z"));
}

}  // namespace
}  // namespace latent
