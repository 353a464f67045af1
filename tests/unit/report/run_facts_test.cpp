#include "report/run_facts.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

using testing::HasSubstr;

class Facts : public testing::Test {
 protected:
  void write(const std::string& config, const std::string& losses) const {
    write_file(folder_ / "config.json", config);
    write_file(folder_ / "build.json", R"({"format": 1})");
    if (!losses.empty()) write_file(folder_ / "metrics.csv", "epoch,val_loss\n" + losses);
  }
  RunFacts read() const { return run_facts(folder_.path()); }

  TemporaryFolder folder_;
};

constexpr const char* kFactsConfig = R"({"data": {"name": "shapes"}, "train": {"epochs": 3,
  "early_stopping": {"patience": 2}}, "model": {"encoder": {"name": "conv"}, "bottleneck": "point",
  "latent_dim": 1}})";

TEST_F(Facts, AreReadFromConfigAndMetrics) {
  write(kFactsConfig, "1,9.5\n2,8.25\n3,8.5\n");
  const RunFacts facts = read();
  EXPECT_EQ(facts.data, "shapes");
  EXPECT_EQ(facts.model, "conv, point, 1 latent");
  EXPECT_EQ(facts.epochs, 3);
  EXPECT_EQ(facts.planned, 3);
  EXPECT_EQ(facts.best_loss, 8.25);
  EXPECT_EQ(facts.best_epoch, 2);
  EXPECT_EQ(facts.state, "done");
}

TEST_F(Facts, TheStateFollowsFromTheEpochs) {
  write(kFactsConfig, "");
  EXPECT_EQ(read().state, "not begun");
  write(kFactsConfig, "1,9\n");
  EXPECT_EQ(read().state, "unfinished");
  write(R"({"train": {"epochs": 9, "early_stopping": {"patience": 2}}})", "1,8\n2,9\n3,9\n");
  EXPECT_EQ(read().state, "stopped early");
  write("{", "1,9\n");
  EXPECT_EQ(read().state, "damaged");
}

TEST_F(Facts, TheTableHasTheLatestFirst) {
  RunFacts old{.path = "old", .date = "2026-01-01 10:00"},
      late{.path = "late", .date = "2026-02-01 10:00"};
  late.best_loss = 1.005;
  const std::string text = runs_text({old, late});
  EXPECT_LT(text.find("late"), text.find("old"));
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "run   data  model  epochs  best val_loss  date              state");
  EXPECT_EQ(runs_json({old, late})[0]["run"], "late");
}

}  // namespace
}  // namespace latent
