// The values of files and their pages: what is shown of 16 bits, planes, alpha, animations.
#include "core/system/file.h"
#include "image/codecs.h"
#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;

using Bytes = std::vector<uint8_t>;

class StoredValues : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  }
  Picture decoded(const std::string& bytes) {
    write_file(folder_ / "image", bytes);
    return read_image(folder_ / "image", 3);
  }
  void expect_refused(const std::string& bytes, const std::string& message) {
    expect_error([&] { decoded(bytes); }, (folder_ / "image").string() + ": " + message);
  }
  TemporaryFolder folder_;
};

TEST_F(StoredValues, ValuesAreShownBetweenBlackAndWhite) {
  const auto shown = [&](const std::string& bytes, const ValueRange& range) {
    write_file(folder_ / "image", bytes);
    return read_image(folder_ / "image", 1, {.range = range}).pixels;
  };
  const std::string deep{0x0f, '\xff', 0x08, 0, '\xff', '\xff'};  // 4095, 2048, 65535
  EXPECT_EQ(shown(png(3, 1, 16, 0, {deep}), {.white = 4095}), (Bytes{255, 128, 255}));
  EXPECT_EQ(shown(png(3, 1, 16, 0, {deep}), {.black = 2048, .white = 4095}), (Bytes{255, 0, 255}));
  const std::string low{0, 1, 2};
  EXPECT_EQ(shown(png(3, 1, 8, 0, {low}), {.white = 2}), (Bytes{0, 128, 255}));
  EXPECT_EQ(shown(png(3, 1, 8, 0, {low}), {.black = 2, .white = 0.5}), (Bytes{255, 170, 0}));
  const std::string floats = tiff(1, 1, 32, {0, 0, '\x80', '\x3f'});  // 1.0
  EXPECT_EQ(shown(floats, {.black = -1, .white = 3}), (Bytes{128}));
  expect_error([&] { shown(png(3, 1, 8, 0, {low}), {.white = 4095}); },
               (folder_ / "image").string() +
                   ": its values end at 255; data.black 0 and data.white 4095 are for images whose "
                   "values reach them");
  // Alpha keeps its own range: 128 of 255 over white.
  const std::string grey_alpha{2, '\xff', 2, '\x80', 0, '\x80'};
  EXPECT_EQ(shown(png(3, 1, 8, 4, {grey_alpha}), {.white = 2}), (Bytes{255, 255, 127}));
}

TEST_F(StoredValues, TheLargestValueIsFoundAsStored) {
  write_file(folder_ / "image", png(2, 1, 16, 0, {{0x0f, 0, 0x08, 0}}));
  ValueExtent found;
  decode(read_encoded(folder_ / "image"), 1, 1, {}, &found);
  EXPECT_EQ(found.largest, 0x0f00);
  EXPECT_EQ(found.top, 65535);
}

TEST_F(StoredValues, TiffsWithAlphaAreCompositedOnce) {
  const auto rgba = [&](uint64_t extra) {
    return decoded(tiff_of({{256, {1}},
                            {257, {1}},
                            {258, {8, 8, 8, 8}},
                            {259, {1}},
                            {262, {2}},
                            {273, {8}},
                            {277, {4}},
                            {278, {1}},
                            {279, {4}},
                            {338, {extra}}},
                           {100, 50, 0, '\x80'}))
        .pixels;
  };
  EXPECT_EQ(rgba(1), (Bytes{227, 177, 127}));  // premultiplied: the sum with the white that shows
  EXPECT_EQ(rgba(2), (Bytes{177, 152, 127}));
  EXPECT_EQ(rgba(0), (Bytes{100, 50, 0}));  // of no meaning
}

// 2x1 in 16 bits: each plane a strip of its own.
std::string planar_tiff(uint64_t samples, const std::string& pixels, uint64_t extra) {
  std::vector<uint64_t> bits, places, sizes;
  for (uint64_t i = 0; i < samples; ++i) {
    bits.push_back(16);
    places.push_back(8 + 4 * i);
    sizes.push_back(4);
  }
  return tiff_of({{256, {2}},
                  {257, {1}},
                  {258, bits},
                  {259, {1}},
                  {262, {2}},
                  {273, places},
                  {277, {samples}},
                  {278, {1}},
                  {279, sizes},
                  {284, {2}},
                  {338, {extra}}},
                 pixels);
}

TEST_F(StoredValues, SixteenBitPlanesAreMerged) {
  const std::string red = little(10 * 257, 2) + little(20 * 257, 2);
  const std::string green = little(30 * 257, 2) + little(40 * 257, 2);
  const std::string blue = little(50 * 257, 2) + little(60 * 257, 2);
  const std::string alpha = little(65535, 2) + little(0, 2);
  EXPECT_EQ(decoded(planar_tiff(3, red + green + blue, 0)).pixels, (Bytes{10, 30, 50, 20, 40, 60}));
  EXPECT_EQ(decoded(planar_tiff(4, red + green + blue + alpha, 2)).pixels,
            (Bytes{10, 30, 50, 255, 255, 255}));
  expect_refused(
      planar_tiff(2, red + green, 0),
      "a TIFF of an unsupported kind (RGB, 2 values of 16 bits a pixel, in planes); convert "
      "it to 8-bit or 16-bit grey or RGB");
}

TEST_F(StoredValues, FewBitsOfATiffAreUnfolded) {
  const auto narrow = [&](uint64_t bits, uint64_t photometric, std::vector<uint64_t> colours) {
    std::vector<TiffTag> tags{{256, {3}}, {257, {1}},           {258, {bits}},
                              {259, {1}}, {262, {photometric}}, {273, {8}},
                              {277, {1}}, {278, {1}},           {279, {2}}};
    if (!colours.empty()) tags.push_back({320, std::move(colours)});
    return decoded(tiff_of(tags, {0x1b, 0x30})).pixels;  // 0 1 2 3 in 2 bits; 1 11 3 in 4
  };
  EXPECT_EQ(narrow(2, 1, {}), (Bytes{0, 0, 0, 85, 85, 85, 170, 170, 170}));
  EXPECT_EQ(narrow(2, 0, {}), (Bytes{255, 255, 255, 170, 170, 170, 85, 85, 85}));
  EXPECT_EQ(narrow(4, 1, {}), (Bytes{17, 17, 17, 187, 187, 187, 51, 51, 51}));
  // 0 0 0 in 1 bit; the reds, then the greens, then the blues.
  EXPECT_EQ(narrow(1, 3, {0x6400, 0, 0x3200, 0, 0x1900, 0}),
            (Bytes{100, 50, 25, 100, 50, 25, 100, 50, 25}));
}

TEST_F(StoredValues, CieLabIsRefused) {
  expect_refused(
      tiff_of({{256, {1}},
               {257, {1}},
               {258, {8, 8, 8}},
               {259, {1}},
               {262, {8}},
               {273, {8}},
               {277, {3}},
               {278, {1}},
               {279, {3}}},
              "abc"),
      "a TIFF of an unsupported kind (CIE L*a*b*, 3 values of 8 bits a pixel); convert it "
      "to 8-bit or 16-bit grey or RGB");
}

TEST_F(StoredValues, TheFirstFrameOfAnAnimatedWebpIsOnItsCanvas) {
  const Picture picture = decoded(animated_webp());  // 8x4; from x = 2: 3 transparent, 3 opaque
  EXPECT_EQ(picture.width, 8);
  EXPECT_EQ(picture.height, 4);
  EXPECT_EQ(Bytes(picture.pixels.begin() + 12, picture.pixels.begin() + 18),
            (Bytes{255, 255, 255, 30, 20, 10}));
}

TEST_F(StoredValues, PagesAreChosen) {
  const std::string page = tiff(2, 1, 8, "ab");  // from byte 8 on its directory, for place 8
  std::string two = tiff_of({{256, {1}},
                             {257, {1}},
                             {258, {8}},
                             {259, {1}},
                             {262, {1}},
                             {273, {134}},
                             {277, {1}},
                             {278, {1}},
                             {279, {1}}},
                            page.substr(8), 8);
  write_file(folder_ / "image", two);
  EXPECT_EQ(read_image(folder_ / "image", 1).pixels, (Bytes{'a'}));
  EXPECT_EQ(read_image(folder_ / "image", 1, {.page = 2}).pixels, (Bytes{'a', 'b'}));
  expect_error([&] { read_image(folder_ / "image", 1, {.page = 3}); },
               (folder_ / "image").string() + ": has 2 pages; expected at least data.page, 3");
  write_file(folder_ / "image", jpeg());
  expect_error([&] { read_image(folder_ / "image", 1, {.page = 2}); },
               (folder_ / "image").string() + ": has 1 page; expected at least data.page, 2");
}

}  // namespace
}  // namespace latent
