#include "data/selection/random_split.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(HoldOut, DrawsEveryImageOnceBySeed) {
  const HoldOut parts = hold_out(1000, 0.1, 0, "x: data.validation");
  EXPECT_EQ(parts.validation.numel(), 100);
  const auto both = std::get<0>(torch::cat({parts.train, parts.validation}).sort());
  expect_tensor_near(both, torch::arange(1000), 0);
  EXPECT_TRUE(parts.validation.equal(hold_out(1000, 0.1, 0, "").validation));
  EXPECT_FALSE(parts.validation.equal(hold_out(1000, 0.1, 1, "").validation));
  EXPECT_EQ(hold_out(2, 0.001, 0, "").validation.numel(), 1);
  EXPECT_EQ(hold_out(2, 0.999, 0, "").train.numel(), 1);
  expect_error([] { hold_out(0, 0.5, 0, "x: data.validation"); },
               "x: data.validation: no examples; expected at least one to train on");
}

TEST(HoldOut, ASingleImageIsOnBothSides) {
  const HoldOut parts = hold_out(1, 0.5, 0, "x");
  EXPECT_TRUE(parts.train.equal(torch::zeros({1}, torch::kLong)));
  EXPECT_TRUE(parts.validation.equal(parts.train));
}

TEST(SplitOfName, DependsOnTheNameAndTheSeedAlone) {
  int64_t validation = 0, test = 0, moved = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "image" + std::to_string(i) + ".png";
    const Split split = split_of_name(name, 0.2, 0.1, 3);
    EXPECT_EQ(split, split_of_name(name, 0.2, 0.1, 3));
    validation += split == Split::kValidation ? 1 : 0;
    test += split == Split::kTest ? 1 : 0;
    moved += split == split_of_name(name, 0.2, 0.1, 4) ? 0 : 1;
  }
  EXPECT_NEAR(static_cast<double>(validation), 400, 80);
  EXPECT_NEAR(static_cast<double>(test), 200, 60);
  EXPECT_GT(moved, 500);
  EXPECT_NE(draw_for_name("a", 0), draw_for_name("a", 0, 1));
}

}  // namespace
}  // namespace latent
