#include "command/plot/sweep_chart.h"

#include "unit/expect.h"

namespace latent {
namespace {

SweepTable table_of(const std::vector<std::vector<std::string>>& values) {
  SweepTable table{
      .keys = {"objective.kl.weight", "model.latent_dim"}, .figures = {"loss"}, .rows = {}};
  double loss = 0;
  for (const auto& each : values) {
    table.rows.push_back({.values = each, .seeds = 3, .figures = {}});
    ++loss;
    table.rows.back().figures["loss"] = {loss, 1, loss - 1, loss + 1};
  }
  return table;
}

TEST(SweepChart, HasALineForEachValueOfTheOtherKeys) {
  const SweepTable table = table_of({{"1", "2"}, {"1", "8"}, {"16", "2"}, {"16", "8"}});
  const SweepChart chart = sweep_chart(table, "loss", "objective.kl.weight");
  ASSERT_EQ(chart.series.size(), 2U);
  EXPECT_EQ(chart.series[1].name, "latent_dim=8");
  EXPECT_EQ(chart.series[1].x, (std::vector<double>{1, 16}));
  EXPECT_EQ(chart.series[1].y, (std::vector<double>{2, 4}));
  EXPECT_EQ(chart.series[1].high, (std::vector<double>{3, 5}));
  EXPECT_TRUE(chart.axis.logarithmic);
  EXPECT_FALSE(sweep_chart(table, "loss", "model.latent_dim").axis.logarithmic);
}

TEST(SweepChart, PutsWordsBesideEachOther) {
  const SweepChart chart =
      sweep_chart(table_of({{"1", "conv"}, {"1", "dense"}}), "loss", "model.latent_dim");
  EXPECT_EQ(chart.axis.names, (std::vector<std::string>{"conv", "dense"}));
  ASSERT_EQ(chart.series.size(), 1U);
  EXPECT_EQ(chart.series[0].x, (std::vector<double>{0, 1}));
}

}  // namespace
}  // namespace latent
