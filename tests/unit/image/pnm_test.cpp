#include "image/pnm.h"

#include "unit/expect.h"

namespace latent {
namespace {

using Values = std::vector<uint16_t>;
using namespace std::string_literals;

TEST(Pnm, ReadsTextsAndBinaryFiles) {
  EXPECT_EQ(read_pnm("P1 3 1 1 01", "x").values, (Values{0, 1, 0}));  // 1 is black
  EXPECT_EQ(read_pnm("P2 3 1 15 0 7\n15", "x").values, (Values{0, 7, 15}));
  EXPECT_EQ(read_pnm("P3 1 1 9\n# red\n9 0 1", "x").values, (Values{9, 0, 1}));
  EXPECT_EQ(read_pnm("P4 10 2\n\xa0\x40\xff\x80"s, "x").values,
            (Values{0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(read_pnm("P5 2 1 255 ab", "x").values, (Values{'a', 'b'}));
  EXPECT_EQ(read_pnm("P5 2 1 4095\n\x0f\xff\0\x80"s, "x").values, (Values{4095, 128}));
  EXPECT_EQ(read_pnm("P6 1 1 255\nabc", "x").values, (Values{'a', 'b', 'c'}));
}

TEST(Pnm, TheLargestValueIsWhite) {
  const RawImage raw = read_pnm("P5 2 1 4095\n\x0f\xff\x08\0"s, "x");  // 4095, 2048
  EXPECT_EQ(raw.top, 4095);
  EXPECT_EQ(to_picture(raw, 1, {}, "x").pixels, (std::vector<uint8_t>{255, 128}));
  EXPECT_EQ(to_picture(raw, 3, {.white = 2048}, "x").pixels,
            (std::vector<uint8_t>{255, 255, 255, 255, 255, 255}));
  const RawImage colours = read_pnm("P3 3 1 255 255 0 0 0 255 0 0 0 255", "x");
  EXPECT_EQ(to_picture(colours, 1, {}, "x").pixels, (std::vector<uint8_t>{76, 150, 29}));
}

TEST(Pnm, FaultsNameTheFile) {
  const auto expect_pnm_fault = [](const std::string& bytes, const std::string& message) {
    expect_error([&] { read_pnm(bytes, "x"); }, "x: " + message);
  };
  const std::string cut = "cut short: the end of the image is missing";
  expect_pnm_fault("P5 2 1 255 a", cut);
  expect_pnm_fault("P5", cut);
  expect_pnm_fault("P2 2 1 255 100", cut);
  expect_pnm_fault("P2 2 1 255 1000", "damaged: a value of 1000; expected at most 255, its white");
  expect_pnm_fault("P1 2 1 0", cut);
  expect_pnm_fault("P2 2 1 255 1 x", "damaged: a value is no number");
  expect_pnm_fault("P1 2 1 0 2", "damaged: a value is no number");
  expect_pnm_fault("P2 2 1 15 1 16", "damaged: a value of 16; expected at most 15, its white");
  EXPECT_FALSE(read_pnm_header("P5 999999999999999999999 1 255 a").complete);
}

TEST(RawImage, BlackAndWhiteMustDifferAndBeReachable) {
  const RawImage raw{.width = 1, .height = 1, .values = {7}};
  expect_error([&] { to_picture(raw, 1, {.white = 256}, "x"); },
               "x: its values end at 255; data.black 0 and data.white 256 are for images whose "
               "values reach them");
  expect_error([&] { to_picture(raw, 1, {.black = 255}, "x"); },
               "x: data.black is 255, its white too; expected another value, or data.white beside "
               "it");
  ValueExtent extent;
  to_picture(raw, 1, {}, "x", &extent);
  EXPECT_EQ(extent.largest, 7);
  EXPECT_EQ((ImageReading{.range = {.black = 1, .white = 4095}, .page = 2}.text()),
            " white 4095 black 1 page 2");
  EXPECT_EQ(ImageReading{}.text(), "");
}

}  // namespace
}  // namespace latent
