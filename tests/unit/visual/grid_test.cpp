#include "visual/grid.h"

#include "image/text.h"
#include "unit/expect.h"

namespace latent::visual {
namespace {

/// One value for each of `count` images of one grey pixel block.
Tensor flat_images(int64_t count, int64_t channels, int64_t height, int64_t width) {
  return (torch::arange(count) + 1)
             .view({count, 1, 1, 1})
             .expand({count, channels, height, width}) /
         255.0;
}

TEST(Picture, IsTheImageItself) {
  const auto image = torch::tensor({-1.0F, 0.0F, 0.5F, 1.0F, 2.0F, NAN}).view({1, 2, 3});
  const latent::Picture got = picture(image);
  EXPECT_EQ(got.width, 3);
  EXPECT_EQ(got.height, 2);
  EXPECT_EQ(got.pixels, (std::vector<uint8_t>{0, 0, 128, 255, 255, 0}));
}

TEST(Picture, ColoursAreInterleaved) {
  const auto image = torch::tensor({1.0F, 0.0F, 0.0F, 1.0F, 0.2F, 0.2F}).view({3, 1, 2});
  EXPECT_EQ(picture(image).pixels, (std::vector<uint8_t>{255, 0, 51, 0, 255, 51}));
}

TEST(Grid, PlacesImagesRowByRowWithGaps) {
  const latent::Picture got = grid(flat_images(5, 1, 4, 6), {.columns = 3, .gap = 2, .scale = 2});
  EXPECT_EQ(got.width, 2 + 3 * (12 + 2));
  EXPECT_EQ(got.height, 2 + 2 * (8 + 2));
  for (int64_t i = 0; i < 5; ++i) {
    const int64_t left = 2 + i % 3 * 14, top = 2 + i / 3 * 10;
    EXPECT_EQ(*got.at(left, top), i + 1);
    EXPECT_EQ(*got.at(left + 11, top + 7), i + 1);
    EXPECT_EQ(*got.at(left - 1, top), 255);
    EXPECT_EQ(*got.at(left + 12, top + 7), 255);
    EXPECT_EQ(*got.at(left, top + 8), 255);
  }
  EXPECT_EQ(*got.at(2 + 2 * 14, 2 + 10), 255);  // the sixth place stays empty
}

TEST(Grid, IsAsSquareAsPossibleAndEnlargesSmallImages) {
  const latent::Picture got = grid(flat_images(10, 3, 32, 32), {.gap = 0});
  EXPECT_EQ(got.channels, 3);
  EXPECT_EQ(got.width, 4 * 64);
  EXPECT_EQ(got.height, 3 * 64);
  EXPECT_EQ(grid(flat_images(1, 1, 128, 100), {.gap = 0}).width, 100);
  EXPECT_EQ(grid(flat_images(1, 1, 28, 28), {.gap = 0}).width, 56);
  EXPECT_EQ(grid(flat_images(2, 1, 1, 140), {.columns = 5, .gap = 0}).width, 280);
}

TEST(Grid, RowsGoBelowEachOther) {
  const auto images = flat_images(3, 1, 8, 8);
  const latent::Picture got = rows({images, images * 10}, {}, {.gap = 0, .scale = 1});
  EXPECT_EQ(got.width, 24);
  EXPECT_EQ(got.height, 16);
  EXPECT_EQ(*got.at(17, 3), 3);
  EXPECT_EQ(*got.at(17, 11), 30);
  EXPECT_THROW(rows({images, images.narrow(0, 0, 2)}, {}), c10::Error);
}

TEST(Grid, ChecksTheNumberOfCaptions) {
  EXPECT_THROW(grid(flat_images(3, 1, 8, 8), {.cell_captions = {"one"}}), c10::Error);
}

class Captions : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_draw_text())
      GTEST_SKIP() << "NOT TESTED: no font on this machine; install fonts-dejavu-core";
  }
};

// Pixels of a frame as wide as `margin` around the picture that are not background.
int64_t inked_frame(const latent::Picture& picture, int64_t margin) {
  int64_t inked = 0;
  for (int64_t y = 0; y < picture.height; ++y) {
    for (int64_t x = 0; x < picture.width; ++x) {
      const bool inside =
          x >= margin && y >= margin && x < picture.width - margin && y < picture.height - margin;
      inked += !inside && *picture.at(x, y) != 255;
    }
  }
  return inked;
}

TEST_F(Captions, AreNeverCutOff) {
  const std::string longest(60, 'W');
  for (const std::string& text : {std::string("gjpqy\u00c5\u00c4"), longest}) {
    for (const int64_t side : {4, 28, 64}) {
      const GridOptions options{.columns = 2,
                                .gap = 2,
                                .scale = 1,
                                .column_captions = {text, text},
                                .row_captions = {text, text},
                                .cell_captions = {text, text, text, text}};
      const latent::Picture got = grid(torch::ones({4, 1, side, side}), options);
      EXPECT_EQ(inked_frame(got, 1), 0) << text << " at " << side;
    }
  }
}

TEST_F(Captions, MakeRoomForThemselves) {
  const auto images = torch::ones({2, 1, 16, 16});
  const auto plain = grid(images, {.columns = 2, .scale = 1});
  const auto wide =
      grid(images, {.columns = 2, .scale = 1, .cell_captions = {"T-shirt/top", "Sandal"}});
  EXPECT_GE(wide.width, 2 * text_width("T-shirt/top", 13));
  EXPECT_GT(wide.height, plain.height);
  // White images on white: all ink is the captions'.
  EXPECT_EQ(std::count_if(plain.pixels.begin(), plain.pixels.end(), [](int p) { return p < 255; }),
            0);
  EXPECT_GT(std::count_if(wide.pixels.begin(), wide.pixels.end(), [](int p) { return p < 100; }),
            100);
}

TEST_F(Captions, OfRowsFitBesideImagesLowerThanALine) {
  const auto images = torch::ones({3, 1, 1, 140});
  const auto got =
      grid(images, {.columns = 1, .scale = 1, .row_captions = {"one", "two", "three"}});
  EXPECT_GE(got.height, 3 * text_height(13));
}

}  // namespace
}  // namespace latent::visual
