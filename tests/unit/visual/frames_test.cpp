#include "visual/frames.h"

#include "image/text.h"
#include "unit/expect.h"

namespace latent::visual {
namespace {

TEST(Frames, AreEnlargedByWholeFactors) {
  const auto one = frames({torch::ones({1, 1, 28, 28}), torch::zeros({1, 1, 28, 28})}, {});
  ASSERT_EQ(one.size(), 2);
  EXPECT_EQ(one[0].width, 9 * 28);
  EXPECT_EQ(one[0].height, 9 * 28);
  EXPECT_EQ(*one[1].at(100, 100), 0);
  const auto four = frames({torch::zeros({4, 3, 64, 64})}, {});
  EXPECT_EQ(four[0].width, 2 + 2 * (4 * 64 + 2));
  EXPECT_EQ(frames({torch::zeros({1, 1, 28, 28})}, {}, {.scale = 2})[0].width, 56);
  EXPECT_EQ(frames({torch::zeros({1, 1, 500, 300})}, {})[0].width, 300);
}

TEST(Frames, FillTheirRowsIfPossible) {
  const auto columns = [](int64_t count) {
    const Picture frame = frames({torch::zeros({count, 1, 8, 8})}, {}, {.gap = 0, .scale = 1})[0];
    return frame.width / 8;
  };
  EXPECT_EQ(columns(3), 3);
  EXPECT_EQ(columns(4), 2);
  EXPECT_EQ(columns(5), 5);
  EXPECT_EQ(columns(10), 5);
  EXPECT_EQ(columns(11), 4);
}

TEST(Frames, HaveOneSizeWhateverTheirCaptions) {
  if (!can_draw_text()) GTEST_SKIP() << "NOT TESTED: no font on this machine";
  const Tensor image = torch::ones({1, 1, 8, 8});
  const auto made =
      frames({image, image, image}, {"", "Zürich → Kraków", std::string(200, 'W')}, {.scale = 1});
  for (const auto& frame : made) {
    EXPECT_EQ(frame.width, made[0].width);
    EXPECT_EQ(frame.height, made[0].height);
    // Ink never touches the border: no caption is cut.
    for (int64_t y = 0; y < frame.height; ++y) {
      EXPECT_EQ(*frame.at(0, y), 255);
      EXPECT_EQ(*frame.at(frame.width - 1, y), 255);
    }
  }
  EXPECT_NE(made[1].pixels, made[0].pixels);
}

TEST(Frames, SpreadKeepsBothEnds) {
  using List = std::vector<int64_t>;
  EXPECT_EQ(spread(5, 9), (List{0, 1, 2, 3, 4}));
  EXPECT_EQ(spread(25, 13).size(), 13);
  EXPECT_EQ(spread(25, 5), (List{0, 6, 12, 18, 24}));
  EXPECT_EQ(spread(24, 3), (List{0, 12, 23}));
  EXPECT_EQ(spread(1, 13), (List{0}));
}

}  // namespace
}  // namespace latent::visual
