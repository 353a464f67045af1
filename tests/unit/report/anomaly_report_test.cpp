#include "report/anomaly_report.h"

#include "unit/expect.h"

namespace latent {
namespace {

NormalRule rule(const std::vector<int64_t>& holds, const std::vector<int64_t>& known) {
  const auto yes = [](const std::vector<int64_t>& values) {
    return torch::tensor(values, torch::kLong).gt(0);
  };
  return {.rule = "label=7",
          .matches = Matches{.holds = yes(holds), .known = yes(known), .group = {}}};
}

TEST(NormalRule, IsMeasurableWithNormalAndOtherExamples) {
  EXPECT_FALSE(NormalRule{}.measurable());
  EXPECT_TRUE(rule({1, 0, 1}, {1, 1, 1}).measurable());
  EXPECT_FALSE(rule({1, 1, 1}, {1, 1, 1}).measurable());
  EXPECT_FALSE(rule({0, 0, 0}, {1, 1, 1}).measurable());
}

TEST(NormalRule, IgnoresExamplesThatAreNotKnown) {
  EXPECT_FALSE(rule({1, 0, 1}, {1, 0, 1}).measurable());
  EXPECT_FALSE(rule({1, 0, 1}, {0, 0, 0}).measurable());
}

}  // namespace
}  // namespace latent
