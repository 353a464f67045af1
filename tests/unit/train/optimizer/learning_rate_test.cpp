// The schedules' values at chosen epochs.
#include "train/optimizer/learning_rate.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

LearningRateSchedule schedule(const std::string& text, int64_t epochs = 10) {
  Config config = Config::parse("{\"schedule\": " + text + "}", "test.json");
  LearningRateOptions options;
  Section root = config.root();
  options.read(root);
  config.check_all_read();
  return {options, epochs};
}

void expect_factors(const LearningRateSchedule& schedule,
                    const std::vector<std::pair<double, double>>& points) {
  for (const auto& [epoch, factor] : points)
    EXPECT_NEAR(schedule.factor(epoch), factor, 1e-12) << "epoch " << epoch;
}

TEST(LearningRate, Constant) {
  expect_factors(schedule("\"constant\""), {{0, 1}, {3.5, 1}, {100, 1}});
  expect_factors(schedule(R"({"name": "constant", "warmup_epochs": 2})"),
                 {{0, 0}, {0.5, 0.25}, {2, 1}, {5, 1}});
}

TEST(LearningRate, Cosine) {
  expect_factors(schedule("\"cosine\""),
                 {{0, 1}, {2.5, 0.8535533905932737}, {5, 0.5}, {10, 0}, {11, 0}});
  expect_factors(schedule(R"({"name": "cosine", "final_fraction": 0.2})"),
                 {{0, 1}, {5, 0.6}, {10, 0.2}});
  expect_factors(schedule(R"({"name": "cosine", "hold": 0.5})"),
                 {{0, 1}, {5, 1}, {6.25, 0.8535533905932737}, {7.5, 0.5}, {10, 0}});
  expect_factors(schedule(R"({"name": "cosine", "warmup_epochs": 5})"),
                 {{0, 0}, {2.5, 0.5 * 0.8535533905932737}, {5, 0.5}});
}

TEST(LearningRate, Step) {
  expect_factors(schedule(R"({"name": "step", "every": 3, "factor": 0.5})"),
                 {{0, 1}, {2.99, 1}, {3, 0.5}, {5.9, 0.5}, {6, 0.25}, {9, 0.125}});
  // Fractions of epochs that add up just below a whole one.
  double epoch = 0;
  for (int i = 0; i < 10; ++i)
    epoch += 0.1;
  ASSERT_LT(epoch, 1);
  expect_factors(schedule(R"({"name": "step", "every": 1})"), {{epoch, 0.1}});
}

TEST(LearningRate, Plateau) {
  auto plateau = schedule(R"({"name": "plateau", "patience": 2, "factor": 0.5, "min_delta": 1})");
  EXPECT_FALSE(plateau.observe(100));
  EXPECT_FALSE(plateau.observe(90));    // better
  EXPECT_FALSE(plateau.observe(89.5));  // by less than min_delta
  EXPECT_NEAR(plateau.factor(3), 1, 0);
  EXPECT_TRUE(plateau.observe(95));
  EXPECT_NEAR(plateau.factor(4), 0.5, 0);
  EXPECT_FALSE(plateau.observe(95));  // counts afresh
  EXPECT_TRUE(plateau.observe(95));
  EXPECT_NEAR(plateau.factor(6), 0.25, 0);
  EXPECT_FALSE(plateau.observe(50));
  EXPECT_EQ(plateau.waited, 0);
  EXPECT_NEAR(plateau.factor(7), 0.25, 0);
}

TEST(LearningRate, OtherSchedulesIgnoreTheValidationLoss) {
  auto constant = schedule("\"constant\"");
  for (int i = 0; i < 10; ++i)
    EXPECT_FALSE(constant.observe(1));
  EXPECT_NEAR(constant.factor(10), 1, 0);
}

TEST(LearningRate, OptionsOfAnotherScheduleAreUnknown) {
  expect_error([] { schedule(R"({"name": "cosine", "patience": 2})"); },
               "test.json: schedule.patience: unknown key; known: final_fraction, hold, name, "
               "warmup_epochs");
  expect_error(
      [] { schedule("\"linear\""); },
      "test.json: schedule.name: unknown name \"linear\"; known: constant, cosine, plateau, step");
}

}  // namespace
}  // namespace latent
