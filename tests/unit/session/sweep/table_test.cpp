#include "session/sweep/table.h"

#include "unit/expect.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// What latent evaluate prints, in short.
Json evaluation(double loss, double psnr) {
  return {{"run", "r"},
          {"checkpoint", "best"},
          {"step", 16},
          {"split", "test"},
          {"images", 64},
          {"loss", loss},
          {"left_out_constant_per_value", 0.0},
          {"psnr", psnr},
          {"measures",
           {{"psnr", {{"value", psnr}, {"low", 0.0}, {"high", 1.0}}},
            {"samples", {{"frechet", {{"value", 2 * psnr}}}, {"kid", {{"value", nullptr}}}}}}}};
}

SweepPlan two_by_three() {
  return {.config = Json::object(),
          .over = {{"a.b", {"1", "x,y"}}},
          .seeds = {0, 1, 2},
          .evaluation = {}};
}

TEST(SweepFigures, AreTheLossesAndEveryMeasureOnce) {
  RunFigures expected{{"loss", 9.5}, {"psnr", 20.0}, {"samples.frechet", 40.0}};
  EXPECT_EQ(figures_of(evaluation(9.5, 20)), expected);
}

// 1, 2, 3: mean 2, deviation 1, and 4.302653 / sqrt 3 either way.
TEST(SeedSummaries, HaveStudentsInterval) {
  const SeedSummary summary = summarize_seeds({1, 3, 2});
  EXPECT_DOUBLE_EQ(summary.mean, 2);
  EXPECT_DOUBLE_EQ(summary.deviation, 1);
  EXPECT_NEAR(summary.low, 2 - 2.484138, 1e-6);
  EXPECT_NEAR(summary.high, 2 + 2.484138, 1e-6);
  EXPECT_EQ(summarize_seeds({7}).mean, 7);
  EXPECT_TRUE(std::isnan(summarize_seeds({7}).low));
}

TEST(SweepTable, HasARowForEachCombination) {
  const SweepPlan plan = two_by_three();
  std::map<std::string, Json> results;
  for (const auto& run : plan.runs()) {
    if (run.combination == 1 || run.seed < 2)
      results.emplace(run.name, evaluation(static_cast<double>(run.seed), 10));
  }
  const SweepTable table = sweep_table(plan, results);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].seeds, 2);
  EXPECT_EQ(table.rows[1].seeds, 3);
  EXPECT_EQ(table.rows[0].figures.at("loss").mean, 0.5);
  const std::string text = csv_text(table);
  EXPECT_TRUE(text.starts_with("a.b,seeds,loss_mean,loss_sd,loss_low,loss_high,psnr_mean,"))
      << text;
  EXPECT_NE(text.find("\r\n\"x,y\",3,1,1,"), std::string::npos) << text;
}

TEST(SweepTable, LeavesOutWhatIsNotKnown) {
  const SweepPlan plan = two_by_three();
  EXPECT_EQ(csv_text(sweep_table(plan, {})), "a.b,seeds\r\n1,0\r\n\"x,y\",0\r\n");
  const SweepTable one = sweep_table(plan, {{plan.runs()[0].name, evaluation(3, 4)}});
  EXPECT_NE(csv_text(one).find("\r\n1,1,3,,,,4,,,,8,,,\r\n\"x,y\",0,,,,,,,,,,,,\r\n"),
            std::string::npos)
      << csv_text(one);
  EXPECT_EQ(main_figures(one, 2), (std::vector<std::string>{"loss", "psnr"}));
  EXPECT_EQ(summary_text(one.rows[0].figures.at("loss")), "3");
  EXPECT_EQ(summary_text({2, 1, 1.5, 2.5}), "2 [1.5, 2.5]");
}

}  // namespace
}  // namespace latent
