#include "report/each_class_report.h"

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

statistics::RankingFigure figure(double value, double one, double other) {
  return {.value = value, .influence = torch::tensor({one, other}, torch::kDouble)};
}

ClassResult result(const std::string& name, double auroc, double pca, double gain) {
  ClassResult found{.name = name, .run = "D/" + name, .training_examples = 7};
  found.separations.push_back(
      {.score = "error", .auroc = figure(auroc, gain, -gain), .aupr = figure(0.5, 0, 0)});
  found.separations.push_back(
      {.score = "pca", .auroc = figure(pca, 0, 0), .aupr = figure(0.25, 0, 0)});
  return found;
}

TEST(EachClassReport, HoldsMeansAndDifferences) {
  nlohmann::ordered_json json{{"score", "error"}};
  // The second class gains by what the first loses by: the mean is certain, each alone is not.
  describe_classes(json, {result("owl", 0.75, 0.5, 0.01), result("cat", 0.875, 0.75, -0.01)});
  EXPECT_EQ(json["classes"][1]["class"], "cat");
  const auto alone = json["classes"][0]["scores"]["error"]["auroc"];
  EXPECT_NEAR(alone["high"].get<double>(), 0.75 + 1.959964 * 0.01 * std::sqrt(2.0), 1e-6);
  const auto mean = json["mean"]["error"]["auroc"];
  EXPECT_DOUBLE_EQ(mean["value"].get<double>(), 0.8125);
  EXPECT_DOUBLE_EQ(mean["low"].get<double>(), 0.8125);
  EXPECT_DOUBLE_EQ(json["mean"]["pca"]["auroc"]["value"].get<double>(), 0.625);
  EXPECT_DOUBLE_EQ(json["difference"]["pca"]["auroc"]["value"].get<double>(), 0.1875);
  EXPECT_DOUBLE_EQ(json["difference"]["pca"]["aupr"]["value"].get<double>(), 0.25);
  EXPECT_FALSE(json["difference"].contains("error"));
}

TEST(EachClassReport, IsATableOfClassesAndTheirMean) {
  nlohmann::ordered_json json{{"score", "error"}};
  describe_classes(json, {result("owl", 0.75, 0.5, 0), result("cat", 0.875, 0.75, 0)});
  const std::string text = class_table(json);
  EXPECT_NE(text.find("  owl                     7  0.7500  0.5000  0.5000  0.2500\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  error - pca                 0.1875 (0.1875 to 0.1875)\n"),
            std::string::npos)
      << text;
  const TemporaryFolder place;
  write_class_table(place / "new/table.csv", json);
  const std::string csv = read_file(place / "new/table.csv");
  EXPECT_TRUE(csv.starts_with(
      "class,training_examples,error_auroc,error_auroc_low,error_auroc_high,error_aupr,"))
      << csv;
  EXPECT_NE(csv.find("\r\nmean,"), std::string::npos) << csv;
}

}  // namespace
}  // namespace latent
