#include "analysis/direction_effect.h"

#include "unit/expect.h"

namespace latent {
namespace {

// Two pictures, three readings: the attribute, one that is trusted wholly and one half.
EditReadings two_pictures() {
  return {.names = {"Smiling", "Male", "Young"},
          .before = torch::tensor({{0.0F, 1.0F, 2.0F}, {1.0F, 1.0F, 0.0F}}),
          .after = torch::tensor({{2.0F, 0.5F, 6.0F}, {0.5F, 0.5F, 4.0F}}),
          .deviation = torch::tensor({0.5F, 2.0F, 1.0F}),
          .trust = {0, 1, 0.5}};
}

TEST(EffectOfEdit, IsInDeviationsOfRealImages) {
  const DirectionEffect effect = effect_of_edit(two_pictures());
  // The readings move by 2 and -0.5, in the mean 0.75: 1.5 deviations of 0.5.
  EXPECT_NEAR(effect.shift, 1.5, 1e-6);
  EXPECT_NEAR(effect.risen, 0.5, 1e-12);  // one of the two
  // Male moves by -0.5 / 2, Young by 4 / 1, of which half counts. Young is first.
  ASSERT_EQ(effect.others.size(), 2U);
  EXPECT_EQ(effect.others[0].first, "Young");
  EXPECT_NEAR(effect.others[0].second, 2, 1e-6);
  EXPECT_EQ(effect.others[1].first, "Male");
  EXPECT_NEAR(effect.others[1].second, -0.25, 1e-6);
  // (2 + 0.25) / (1 + 0.5)
  EXPECT_NEAR(effect.beside, 1.5, 1e-6);
  EXPECT_NEAR(effect.shown(), 0, 1e-6);
}

TEST(EffectOfEdit, WithoutOthersIsTheShiftAlone) {
  EditReadings alone = two_pictures();
  alone.names.resize(1);
  EXPECT_NEAR(effect_of_edit(alone).shown(), 1.5, 1e-6);
  EXPECT_TRUE(effect_of_edit(alone).others.empty());
  // Readings that tell nothing about real images count for nothing.
  EditReadings doubtful = two_pictures();
  doubtful.trust = {0, 0, 0};
  EXPECT_EQ(effect_of_edit(doubtful).beside, 0);
}

TEST(EffectOfEdit, KeepsTheTenThatMoveMost) {
  EditReadings many{.names = {"a"},
                    .before = torch::zeros({1, 13}),
                    .after = torch::arange(13, torch::kFloat).view({1, 13}),
                    .deviation = torch::ones({13}),
                    .trust = std::vector<double>(13, 1.0)};
  for (int i = 1; i < 13; ++i)
    many.names.push_back("other " + std::to_string(i));
  const DirectionEffect effect = effect_of_edit(many);
  ASSERT_EQ(effect.others.size(), 10U);
  EXPECT_EQ(effect.others.front().first, "other 12");
  EXPECT_EQ(effect.others.back().first, "other 3");
  EXPECT_NEAR(effect.beside, 78.0 / 12, 1e-9) << "the mean of 1 to 12, of all of them";
}

// Pictures that change by `slope` for each deviation, but by no more than `most`.
DirectionEffect unit_of(double slope, double most = 1) {
  const Tensor pictures = torch::full({2, 1, 2, 2}, 0.5);
  return visible_unit(
      [&](double deviations) { return pictures + std::min(slope * deviations, most); }, pictures);
}

TEST(VisibleUnit, ChangesPicturesByFourPercent) {
  // 0.1 for a deviation: 0.04 for 0.4 of one.
  EXPECT_NEAR(unit_of(0.1).deviations, 0.4, 1e-6);
  EXPECT_NEAR(unit_of(0.1).change, kVisibleChange, 1e-6);
  // What stays at 0.02 is doubled twice, then measured for the last time.
  EXPECT_NEAR(unit_of(0.1, 0.02).deviations, 4, 1e-5);
  EXPECT_NEAR(unit_of(0.1, 0.02).change, 0.02, 1e-6);
  EXPECT_EQ(unit_of(1e-4).deviations, 100) << "no farther than that";
  EXPECT_EQ(unit_of(0).deviations, 1) << "nothing to scale";
  EXPECT_EQ(unit_of(0).change, 0);
}

}  // namespace
}  // namespace latent
