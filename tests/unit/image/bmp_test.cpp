#include "image/bmp.h"

#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;
using Values = std::vector<uint16_t>;

/// A header of 40 bytes. palette: blue, green, red, 0.
std::string bmp(int width, int height, uint64_t bits, uint64_t compression,
                const std::string& palette, const std::string& pixels) {
  const uint64_t begin = 54 + palette.size();
  const uint64_t colours = compression == 3 ? 0 : palette.size() / 4;
  return "BM" + little(begin + pixels.size(), 4) + little(0, 4) + little(begin, 4) + little(40, 4) +
         little(static_cast<uint32_t>(width), 4) + little(static_cast<uint32_t>(height), 4) +
         little(1, 2) + little(bits, 2) + little(compression, 4) + little(pixels.size(), 4) +
         little(0, 8) + little(colours, 4) + little(0, 4) + palette + pixels;
}

// Black and (10, 20, 30).
const std::string kTwoColours{0, 0, 0, 0, 30, 20, 10, 0};

// The red of every pixel: 10 for colour 1.
std::string reds(const std::string& bytes) {
  const RawImage image = read_bmp(bytes, "x");
  std::string text;
  for (size_t i = 0; i < image.values.size(); i += 4)
    text += image.values[i] == 10 ? '1' : '0';
  return text;
}

TEST(Bmp, ReadsPalettesFromTheBottomRow) {
  EXPECT_EQ(reds(bmp(3, 2, 1, 0, kTwoColours, {'\xa0', 0, 0, 0, 0x40, 0, 0, 0})), "010101");
  EXPECT_EQ(reds(bmp(3, -2, 1, 0, kTwoColours, {'\xa0', 0, 0, 0, 0x40, 0, 0, 0})), "101010");
  EXPECT_EQ(reds(bmp(3, 1, 4, 0, kTwoColours, {0x10, 0x10, 0, 0})), "101");
  EXPECT_EQ(reds(bmp(3, 1, 8, 0, kTwoColours, {1, 7, 1, 0})), "101");  // 7 is in no palette: black
}

TEST(Bmp, ReadsRunLengths) {
  // Three of 1; the next row: a jump over 1, then three as they are; the end.
  EXPECT_EQ(reds(bmp(4, 2, 8, 1, kTwoColours, {3, 1, 0, 0, 0, 2, 1, 0, 0, 3, 1, 0, 1, 0, 0, 1})),
            "01011110");
  // Three that alternate 1, 0, 1; a run of 5 that is cut at the row's end.
  EXPECT_EQ(reds(bmp(4, 2, 4, 2, kTwoColours, {3, 0x10, 0, 0, 5, 0x01, 0, 1})), "01011010");
}

TEST(Bmp, ReadsBitFields) {
  const auto first = [](const std::string& bytes) {
    const RawImage image = read_bmp(bytes, "x");
    return Values(image.values.begin(), image.values.begin() + 4);
  };
  EXPECT_EQ(first(bmp(1, 1, 16, 0, "", {'\xff', 0x7f, 0, 0})), (Values{255, 255, 255, 255}));
  const std::string masks = little(0xf800, 4) + little(0x7e0, 4) + little(0x1f, 4);
  EXPECT_EQ(first(bmp(1, 1, 16, 3, masks, {0x10, '\x80', 0, 0})), (Values{131, 0, 131, 255}));
  EXPECT_EQ(first(bmp(1, 1, 24, 0, "", {30, 20, 10, 0})), (Values{10, 20, 30, 255}));
  EXPECT_EQ(first(bmp32(2, 1, {10, 20, 30, 0, 0, 0, 0, 5}, true)), (Values{30, 20, 10, 0}));
  EXPECT_EQ(first(bmp32(1, 1, {10, 20, 30, 7})),
            (Values{30, 20, 10, 255}));  // the byte means nothing
}

TEST(Bmp, PixelsWithoutAPlaceFollowTheHeaders) {
  const auto without_place = [](std::string bytes) { return bytes.replace(10, 4, 4, '\0'); };
  EXPECT_EQ(reds(without_place(bmp(3, 1, 8, 0, kTwoColours, {1, 0, 1, 0}))), "101");
  EXPECT_EQ(reds(without_place(bmp(1, 1, 24, 0, "", {30, 20, 10, 0}))), "1");
}

TEST(Bmp, JumpsOutOfThePictureAreRefused) {
  expect_error(
      [] {
        read_bmp(bmp(4, 2, 8, 1, kTwoColours, {0, 2, 9, 0, 0, 1}), "x");
      },
      "x: damaged: its run lengths leave the picture");
}

TEST(Bmp, OtherKindsAreNamed) {
  expect_error([] { read_bmp(bmp(1, 1, 24, 4, "", "abcd"), "x"); },
               "x: a BMP of an unsupported kind (24 bits, compression 4); convert it to PNG");
  expect_error([] { read_bmp(bmp(1, 1, 8, 2, kTwoColours, "abcd"), "x"); },
               "x: a BMP of an unsupported kind (8 bits, compression 2); convert it to PNG");
}

}  // namespace
}  // namespace latent
