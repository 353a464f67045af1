#include "visual/colouring.h"

#include <cmath>

#include "unit/expect.h"
#include "visual/colours.h"

namespace latent::visual {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Colouring, ClassesHaveColoursOfTheirOwn) {
  const Colouring colouring(at::tensor({0.0, 1.0, 1.0}, at::kDouble), {"Taupe", "Écru"});
  ASSERT_EQ(colouring.entries.size(), 2u);
  EXPECT_EQ(colouring.entries[1].first, "Écru");
  EXPECT_EQ(colouring.of(0), class_colour(0));
  EXPECT_EQ(colouring.of(1), class_colour(1));
  for (const double none : {kNan, -1.0, 2.0})
    EXPECT_EQ(colouring.of(none), kOtherColour) << none;
}

TEST(Colouring, OfManyClassesTheLargestNineAreNamed) {
  std::vector<std::string> classes;
  std::vector<double> values;
  for (int i = 0; i < 12; ++i) {
    classes.push_back("class " + std::to_string(i));
    for (int point = 0; point < (i < 3 ? 1 : 2); ++point)
      values.push_back(i);
  }
  const Colouring colouring(at::tensor(values, at::kDouble), classes);
  ASSERT_EQ(colouring.entries.size(), 10u);
  EXPECT_EQ(colouring.entries.front().first, "class 3");
  EXPECT_EQ(colouring.entries.back(), (std::pair<std::string, uint32_t>{"3 others", kOtherColour}));
  EXPECT_EQ(colouring.of(0), kOtherColour);
  EXPECT_EQ(colouring.of(3), class_colour(0));
  EXPECT_EQ(colouring.of(11), class_colour(8));
}

TEST(Colouring, NumbersLieOnAScale) {
  const Colouring colouring(at::tensor({2.0, 6.0, kNan}, at::kDouble), {});
  EXPECT_EQ(colouring.low, 2);
  EXPECT_EQ(colouring.high, 6);
  EXPECT_EQ(colouring.of(4), scale_colour(0.5));
  EXPECT_EQ(colouring.of(kNan), kOtherColour);
  EXPECT_TRUE(colouring.entries.empty());
  EXPECT_EQ(Colouring(at::full({3}, 7.0, at::kDouble), {}).of(7), scale_colour(0.5));
  EXPECT_EQ(Colouring(at::full({3}, kNan, at::kDouble), {}).of(kNan), kOtherColour);
}

TEST(Colouring, WithoutValuesAllPointsAreAlike) {
  const Colouring colouring({}, {});
  EXPECT_EQ(colouring.of(0), line_colour(0));
  EXPECT_TRUE(colouring.entries.empty());
}

}  // namespace
}  // namespace latent::visual
