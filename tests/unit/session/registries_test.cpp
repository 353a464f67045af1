// Every row of every family that a config names: its summary, and the keys that it reads.
#include <set>

#include "model/activation.h"
#include "session/experiment.h"
#include "sets/registry.h"
#include "unit/expect.h"

namespace latent {
namespace {

// Names are unique, summaries are there, every key has a meaning, and the defaults that a row
// reads are values that it accepts. read: lets a row read a section.
template <class Row, class Read>
void expect_complete(const Registry<Row>& registry, Read read) {
  std::set<std::string> seen;
  for (const auto& row : registry.rows()) {
    SCOPED_TRACE(registry.family() + " " + row.name);
    EXPECT_TRUE(seen.insert(row.name).second);
    EXPECT_NE(row.summary, "");
    Config config = Config::parse("{}", "empty.json");
    Section section = config.root();
    try {
      read(row, section);
    } catch (const Error& missing) {
      EXPECT_NE(std::string(missing.what()).find("expected"), std::string::npos) << missing.what();
      continue;  // a key without a default
    }
    for (const auto& entry : config.entries())
      EXPECT_NE(entry.meaning, "") << entry.path;
    Config again = Config::parse(config.resolved_text(), "resolved.json");
    Section resolved = again.root();
    read(row, resolved);
    again.check_all_read();
    EXPECT_EQ(again.resolved(), config.resolved());
  }
  EXPECT_FALSE(seen.empty());
}

TEST(Registries, OfDataAreComplete) {
  expect_complete(datasets(), [](const auto& row, Section& section) { row.configure(section); });
}

TEST(Registries, OfTheModelAreComplete) {
  const auto configure = [](const auto& row, Section& section) { row.configure(section); };
  expect_complete(encoders(), configure);
  expect_complete(bottlenecks(), configure);
  expect_complete(decoders(),
                  [](const auto& row, Section& section) { row.configure(section, std::nullopt); });
  expect_complete(corruptions(),
                  [](const auto& row, Section& section) { row.configure(section, false); });
  expect_complete(normalizations(), [](const auto& row, Section& section) {
    BlockOptions options;
    row.read(section, options);
  });
}

TEST(Registries, OfTheObjectiveAreComplete) {
  const auto configure = [](const auto& row, Section& section) { row.configure(section); };
  expect_complete(likelihoods(), configure);
  expect_complete(penalties(), configure);
}

TEST(Registries, OfTheTrainingAreComplete) {
  expect_complete(optimizers(), [](const auto& row, Section& section) {
    OptimizerOptions options;
    row.read(section, options);
  });
  expect_complete(schedules(), [](const auto& row, Section& section) {
    LearningRateOptions options;
    row.read(section, options);
  });
  expect_complete(on_nan_actions(), [](const auto& row, Section& section) {
    OnNanOptions options;
    row.read(section, options);
  });
}

}  // namespace
}  // namespace latent
