#include "visual/colours.h"

#include "unit/expect.h"

namespace latent::visual {
namespace {

TEST(Colours, ScaleInterpolatesBetweenItsSteps) {
  EXPECT_EQ(scale_colour(0), 0x440154u);
  EXPECT_EQ(scale_colour(0.5), 0x21918cu);
  EXPECT_EQ(scale_colour(1), 0xfde725u);
  EXPECT_EQ(scale_colour(-3), scale_colour(0));
  EXPECT_EQ(scale_colour(1.0 / 16), 0x461768u);  // half way from 440154 to 472d7b
}

TEST(Colours, RepeatAfterTheLast) {
  EXPECT_EQ(line_colour(0), 0x0072b2u);
  EXPECT_EQ(line_colour(kLineColours), line_colour(0));
  EXPECT_NE(line_colour(kLineColours - 1), line_colour(0));
  EXPECT_EQ(class_colour(kClassColours + 1), class_colour(1));
  EXPECT_NE(class_colour(1), class_colour(0));
}

TEST(Colours, HexHasSixDigits) {
  EXPECT_EQ(hex(0x0072b2), "#0072b2");
  EXPECT_EQ(hex(0), "#000000");
}

}  // namespace
}  // namespace latent::visual
