#include "visual/grid.h"

#include <set>

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
  EXPECT_EQ(got.width, 4 * 192);
  EXPECT_EQ(got.height, 3 * 192);
  EXPECT_EQ(grid(flat_images(1, 1, 128, 100), {.gap = 0}).width, 100);
  EXPECT_EQ(grid(flat_images(1, 1, 28, 28), {.gap = 0}).width, 6 * 28);
  EXPECT_EQ(grid(flat_images(2, 1, 1, 140), {.columns = 5, .gap = 0}).width, 280);
  // As large as a slide: 1600 wide and 1000 high, or as images of 64 pixels need.
  EXPECT_EQ(grid(flat_images(12, 1, 32, 32), {.columns = 12, .gap = 0}).width, 12 * 128);
  EXPECT_EQ(grid(flat_images(225, 1, 28, 28), {.columns = 15, .gap = 0}).height, 15 * 56);
}

TEST(Grid, HasTheWidthThatIsAskedFor) {
  // Two columns of 10 with gaps of 2 are 26 wide; 7 times larger they are 146, 8 times 166.
  const latent::Picture whole =
      grid(torch::zeros({2, 1, 10, 10}), {.columns = 2, .gap = 2, .width = 160});
  EXPECT_EQ(whole.width, 160);
  EXPECT_EQ(whole.height, 70 + 4);
  EXPECT_EQ(*whole.at(6, 30), 255);  // (160 - 146) / 2 + 2 pixels of margin
  EXPECT_EQ(*whole.at(9, 30), 0);
  // Smooth ones fill it: (160 - 6) / 2 = 77 pixels each.
  const latent::Picture smooth =
      grid(torch::zeros({2, 1, 10, 10}), {.columns = 2, .gap = 2, .smooth = true, .width = 160});
  EXPECT_EQ(smooth.width, 160);
  EXPECT_EQ(smooth.height, 77 + 4);
  expect_error(
      [] {
        grid(torch::zeros({4, 1, 30, 30}), {.columns = 4, .gap = 2, .width = 100});
      },
      "--width 100: 4 columns of images 30 pixels wide; expected at least 130, or fewer --columns");
  EXPECT_EQ(
      grid(torch::zeros({4, 1, 30, 30}), {.columns = 4, .gap = 2, .smooth = true, .width = 100})
          .width,
      100);
}

TEST(Grid, FitsIntoABox) {
  // Four images of 10 x 10 in 160 x 90 pixels: in a row 3 times larger, 4 * 32 + 2 = 130 wide and
  // 34 high; in two rows 4 times larger, 2 * 42 + 2 = 86 in both directions.
  const GridOptions box{.gap = 2, .width = 160, .height = 90};
  const latent::Picture got = grid(torch::zeros({4, 1, 10, 10}), box);
  EXPECT_EQ(got.width, 160);
  EXPECT_EQ(got.height, 90);
  // In the middle: 37 pixels beside and 2 above.
  EXPECT_EQ(*got.at(38, 45 - 20), 255);
  EXPECT_EQ(*got.at(39, 45 - 20), 0);
  EXPECT_EQ(*got.at(50, 3), 255);
  EXPECT_EQ(*got.at(50, 4), 0);
  GridOptions row = box;
  row.columns = 4;
  EXPECT_EQ(*grid(torch::zeros({4, 1, 10, 10}), row).at(30, 10), 255) << "a row of 34 pixels";
  row.smooth = true;
  const latent::Picture smooth = grid(torch::zeros({4, 1, 10, 10}), row);
  EXPECT_EQ(smooth.width, 160);
  EXPECT_EQ(smooth.height, 90);
  EXPECT_EQ(grid(torch::zeros({1, 1, 10, 10}), {.gap = 0, .height = 70}).width, 70);
  expect_error(
      [] {
        grid(torch::zeros({4, 1, 30, 30}), {.columns = 1, .gap = 2, .height = 100});
      },
      "--height 100: 4 rows of images 30 pixels high; expected at least 130, or more --columns");
}

TEST(Grid, SmoothImagesHaveNoSquares) {
  Tensor edge = torch::zeros({1, 1, 2, 2});
  edge.select(3, 1).fill_(1);
  const auto squares = grid(edge, {.gap = 0, .scale = 8});
  const auto smooth = grid(edge, {.gap = 0, .scale = 8, .smooth = true});
  EXPECT_EQ(squares.width, smooth.width);
  const auto greys = [](const latent::Picture& picture) {
    return std::set<uint8_t>(picture.pixels.begin(), picture.pixels.end()).size();
  };
  EXPECT_EQ(greys(squares), 2);
  EXPECT_GT(greys(smooth), 4);
}

TEST(Grid, MarkedImagesHaveAFrame) {
  const latent::Picture got =
      grid(torch::zeros({2, 1, 10, 10}), {.columns = 2, .scale = 2, .marked = {false, true}});
  EXPECT_EQ(got.channels, 3);
  // Gaps are 2 + 13 / 3 = 6 pixels: the second image begins at 6 + 20 + 6.
  const auto red = [&](int64_t x, int64_t y) { return *got.at(x, y) == 0xd5; };
  EXPECT_TRUE(red(31, 10) && red(30, 10) && red(52, 10) && red(40, 5));
  EXPECT_FALSE(red(5, 10) || red(29, 10) || red(40, 10));
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
                                .title = text,
                                .column_captions = {text, text},
                                .row_captions = {text, text},
                                .cell_captions = {text, text, text, text},
                                .footer = text};
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

TEST_F(Captions, GrowWithTheImages) {
  const auto images = torch::ones({1, 1, 16, 16});
  const auto ink_rows = [&](int64_t scale) {
    const auto got = grid(images, {.columns = 1, .scale = scale, .cell_captions = {"E"}});
    int64_t rows = 0;
    for (int64_t y = 0; y < got.height; ++y) {
      bool inked = false;
      for (int64_t x = 0; x < got.width; ++x)
        inked |= *got.at(x, y) < 128;
      rows += inked;
    }
    return rows;
  };
  EXPECT_NEAR(static_cast<double>(ink_rows(8)) / static_cast<double>(ink_rows(4)), 2, 0.3);
}

TEST_F(Captions, TitlesAreWrappedAndPushTheImagesDown) {
  const auto images = torch::zeros({2, 1, 16, 16});
  const GridOptions plain{.columns = 2, .scale = 8};
  GridOptions titled = plain;
  titled.title = "A title that needs more than one line";
  const auto without = grid(images, plain), with = grid(images, titled);
  EXPECT_EQ(with.width, without.width);
  EXPECT_GE(with.height - without.height, 2 * text_height(26));
  EXPECT_EQ(inked_frame(with, 1), 0);
}

TEST_F(Captions, OfRowsFitBesideImagesLowerThanALine) {
  const auto images = torch::ones({3, 1, 1, 140});
  const auto got =
      grid(images, {.columns = 1, .scale = 1, .row_captions = {"one", "two", "three"}});
  EXPECT_GE(got.height, 3 * text_height(13));
}

}  // namespace
}  // namespace latent::visual
