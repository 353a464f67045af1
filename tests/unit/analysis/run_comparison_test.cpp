#include "analysis/run_comparison.h"

#include <nlohmann/json.hpp>

#include "unit/expect.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

ComparedRun run_of(double weight, int64_t seed, const std::vector<double>& psnr) {
  const Tensor each = torch::tensor(psnr, torch::kDouble);
  return {.path = "r",
          .checkpoint = "best",
          .config = {{"objective", {{"weight", weight}}}, {"train", {{"seed", seed}}}},
          .figures =
              {{.name = "loss", .value = 1},
               {.name = "psnr", .value = each.mean().item<double>(), .unit = "dB", .each = each}},
          .pictures = {}};
}

std::vector<ComparedFigure> tested(std::vector<ComparedRun> runs) {
  group_runs(runs);
  return test_figures(runs);
}

TEST(RunComparison, SaysNothingOfConfigsWithOneSeedEach) {
  const auto tests = tested({run_of(1, 0, {1, 2, 3}), run_of(4, 0, {2, 3, 4.5})});
  ASSERT_EQ(tests.size(), 1U) << "the loss has no value for each image";
  EXPECT_EQ(tests[0].name, "psnr");
  EXPECT_EQ(tests[0].verdict, Verdict::kUnknown);
  EXPECT_TRUE(tests[0].difference.images);
  EXPECT_TRUE(std::isnan(tests[0].p));
}

TEST(RunComparison, OfOneConfigIsAboutTheSeed) {
  const auto tests =
      tested({run_of(1, 0, {1, 2, 3}), run_of(1, 1, {2, 3, 4}), run_of(1, 2, {9, 9, 9})});
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].verdict, Verdict::kSameConfig);
  EXPECT_EQ(tests[1].second, std::vector<size_t>{2});
}

// Means 0, 2 against 4, 6 and 100, 102; see group_test_test.cpp. Two tests: the probabilities
// double, but for the larger one.
TEST(RunComparison, ComparesEachGroupWithTheFirst) {
  const auto tests =
      tested({run_of(1, 0, {0, 0}), run_of(4, 0, {4, 4}), run_of(1, 1, {2, 2}),
              run_of(4, 1, {6, 6}), run_of(8, 0, {100, 100}), run_of(8, 1, {102, 102})});
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].first, (std::vector<size_t>{0, 2}));
  EXPECT_EQ(tests[0].second, (std::vector<size_t>{1, 3}));
  EXPECT_NEAR(tests[0].p, 1 - std::sqrt(8.0 / 10), 1e-12);
  EXPECT_EQ(tests[0].verdict, Verdict::kNoDifference);
  EXPECT_EQ(tests[1].second, (std::vector<size_t>{4, 5}));
  EXPECT_NEAR(tests[1].p, 2 * (1 - std::sqrt(5000.0 / 5002)), 1e-12);
  EXPECT_EQ(tests[1].verdict, Verdict::kDiffers);
}

TEST(RunComparison, TestsWhatBothHaveForTheSameImages) {
  EXPECT_TRUE(tested({run_of(1, 0, {1, 2}), run_of(2, 0, {1, 2, 3})}).empty());
}

}  // namespace
}  // namespace latent
