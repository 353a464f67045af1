// What `latent data check` finds out about a data set.
#include "analysis/inspection.h"

#include <torch/types.h>

#include <cmath>

#include "unit/expect.h"

namespace latent {
namespace {

// `count` images of 2x2x1, all of one grey value.
Examples grey(int64_t count, int64_t value) {
  return {.pixels = torch::full({count, 2, 2, 1}, value, at::kByte), .attributes = {}, .names = {}};
}

TEST(Inspection, MeanDeviationAndFloorByHand) {
  Examples half = grey(2, 0);
  half.pixels[1].fill_(255);
  const SplitInspection report = inspect({{Split::kTrain, half}}).splits.at(0);
  EXPECT_EQ(report.images, 2);
  EXPECT_DOUBLE_EQ(report.mean.at(0), 0.5);
  EXPECT_DOUBLE_EQ(report.deviation.at(0), 0.5);
  EXPECT_DOUBLE_EQ(report.bce_floor, 0.0);  // black and white cost nothing
  const double x = 51.0 / 255;
  const SplitInspection dark = inspect({{Split::kTrain, grey(3, 51)}}).splits.at(0);
  EXPECT_NEAR(dark.bce_floor, -4 * (x * std::log(x) + (1 - x) * std::log(1 - x)), 1e-12);
  EXPECT_NEAR(dark.deviation.at(0), 0.0, 1e-7);
}

TEST(Inspection, MeansArePerChannel) {
  const Examples colour{.pixels = torch::tensor({255, 0, 51}, at::kByte).expand({4, 3, 5, 3}),
                        .attributes = {},
                        .names = {}};
  const SplitInspection report = inspect({{Split::kTrain, colour}}).splits.at(0);
  ASSERT_EQ(report.mean.size(), 3u);
  EXPECT_DOUBLE_EQ(report.mean[0], 1.0);
  EXPECT_DOUBLE_EQ(report.mean[1], 0.0);
  EXPECT_DOUBLE_EQ(report.mean[2], 0.2);
}

TEST(Inspection, RepeatsAndLeaks) {
  Examples train = grey(3, 7), test = grey(2, 9);
  train.pixels[1].fill_(8);
  test.pixels[1].fill_(8);
  const Inspection found = inspect({{Split::kTrain, train}, {Split::kTest, test}});
  ASSERT_EQ(found.repeats.size(), 2u);
  EXPECT_EQ(found.leaks(), 1);
  EXPECT_FALSE(found.repeats[0].leak());
  EXPECT_EQ(found.repeats[0].image, 2);
  EXPECT_EQ(found.repeats[0].earlier_image, 0);
  EXPECT_TRUE(found.repeats[1].leak());
  EXPECT_EQ(found.repeats[1].split, Split::kTest);
  EXPECT_EQ(found.repeats[1].image, 1);
  EXPECT_EQ(found.repeats[1].earlier_image, 1);
}

TEST(Inspection, CountsClassesAndTheRangeOfNumbers) {
  Examples train = grey(4, 1);
  train.attributes = {{"label", torch::tensor({2, 0, 2, 2}, at::kDouble), {"cat", "dog", "eel"}},
                      {"age", torch::tensor({1.0, 2.0, 3.0, 6.0}, at::kDouble), {}}};
  const auto attributes = inspect({{Split::kTrain, train}}).splits.at(0).attributes;
  using Counts = std::vector<std::pair<std::string, int64_t>>;
  EXPECT_EQ(attributes.at(0).classes, (Counts{{"cat", 1}, {"dog", 0}, {"eel", 3}}));
  EXPECT_DOUBLE_EQ(attributes.at(1).low, 1.0);
  EXPECT_DOUBLE_EQ(attributes.at(1).mean, 3.0);
  EXPECT_DOUBLE_EQ(attributes.at(1).high, 6.0);
}

TEST(Inspection, UnknownValuesAreCountedAndNotAveraged) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  Examples train = grey(4, 1);
  train.attributes = {
      {"label", torch::tensor({1.0, unknown, 1.0, 0.0}, at::kDouble), {"cat", "dog"}},
      {"age", torch::tensor({1.0, unknown, 5.0, unknown}, at::kDouble), {}},
      {"none", torch::full({4}, unknown, at::kDouble), {}}};
  const auto attributes = inspect({{Split::kTrain, train}}).splits.at(0).attributes;
  using Counts = std::vector<std::pair<std::string, int64_t>>;
  EXPECT_EQ(attributes.at(0).classes, (Counts{{"cat", 1}, {"dog", 2}}));
  EXPECT_EQ(attributes.at(0).unknown, 1);
  EXPECT_DOUBLE_EQ(attributes.at(1).low, 1.0);
  EXPECT_DOUBLE_EQ(attributes.at(1).mean, 3.0);
  EXPECT_DOUBLE_EQ(attributes.at(1).high, 5.0);
  EXPECT_EQ(attributes.at(1).unknown, 2);
  EXPECT_TRUE(std::isnan(attributes.at(2).mean));
  EXPECT_EQ(attributes.at(2).unknown, 4);
}

TEST(Inspection, TablesHaveNoFloor) {
  const Examples table{
      .pixels = torch::tensor({-1.0F, 3.0F}).reshape({2, 1, 1, 1}), .attributes = {}, .names = {}};
  const SplitInspection report = inspect({{Split::kTrain, table}}).splits.at(0);
  EXPECT_DOUBLE_EQ(report.mean.at(0), 1.0);
  EXPECT_DOUBLE_EQ(report.deviation.at(0), 2.0);
  EXPECT_TRUE(std::isnan(report.bce_floor));
}

TEST(Inspection, UnknownLabelsAreCounted) {
  const double unknown = std::nan("");
  Examples train = grey(4, 200);
  train.attributes = {
      {"label", torch::tensor({1.0, unknown, 0.0, 1.0}, at::kDouble), {"cat", "dog"}},
      {"age", torch::tensor({unknown, 2.0, unknown, 6.0}, at::kDouble), {}},
      {"lost", torch::full({4}, unknown, at::kDouble), {}}};
  const Inspection found = inspect({{Split::kTrain, train}});
  const auto& attributes = found.splits.at(0).attributes;
  using Counts = std::vector<std::pair<std::string, int64_t>>;
  EXPECT_EQ(attributes.at(0).classes, (Counts{{"cat", 1}, {"dog", 2}}));
  EXPECT_EQ(attributes.at(0).unknown, 1);
  EXPECT_DOUBLE_EQ(attributes.at(1).mean, 4.0);
  EXPECT_EQ(attributes.at(1).unknown, 2);
  EXPECT_EQ(attributes.at(2).known, 0);
  EXPECT_EQ(
      found.warnings(),
      std::vector<std::string>{"lost: unknown for all 4 images; expected data.labels to be about "
                               "them"});
}

TEST(Inspection, OneClassInAllSplitsIsWarnedOf) {
  Examples train = grey(3, 200), test = grey(1, 250);
  train.attributes = {{"label", torch::zeros({3}, at::kDouble), {"bad", "good"}}};
  test.attributes = {{"label", torch::ones({1}, at::kDouble), {"bad", "good"}}};
  EXPECT_TRUE(inspect({{Split::kTrain, train}, {Split::kTest, test}}).warnings().empty());
  test.attributes[0].values.zero_();
  EXPECT_EQ(
      inspect({{Split::kTrain, train}, {Split::kTest, test}}).warnings(),
      std::vector<std::string>{"label: all 4 images are of one class, bad; expected several (a "
                               "folder each), or data.labels: none"});
}

TEST(Inspection, DarkImagesAreWarnedOf) {
  Examples train = grey(4, 15);
  train.pixels[0][1][1] = 63;
  train.pixels[1][0][0] = 64;  // a quarter of white, of 256 values
  const Inspection found = inspect({{Split::kTrain, train}});
  EXPECT_EQ(found.splits.at(0).dark, 3);
  EXPECT_EQ(found.splits.at(0).brightest, 64);
  ASSERT_EQ(found.warnings().size(), 1U);
  EXPECT_TRUE(
      found.warnings()[0].starts_with("3 of 4 images are darker than a quarter of white; the "
                                      "brightest value of all is 64 of 255; "))
      << found.warnings()[0];
  train.pixels[2].fill_(255);
  EXPECT_TRUE(inspect({{Split::kTrain, train}}).warnings().empty());  // half of them
}

}  // namespace
}  // namespace latent
