// Decoding and resizing, in builds with image codecs.
#include "image/codecs.h"

#include <iostream>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;

using Bytes = std::vector<uint8_t>;

class Codecs : public testing::Test {
 protected:
  void SetUp() override {
    if (LATENT_IMAGE_CODECS == 0) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
    ASSERT_TRUE(have_codecs()) << "this build has image codecs, but they cannot be loaded";
  }
  Picture decoded(const std::string& bytes, int64_t channels = 3) {
    write_file(folder_ / "image", bytes);
    return read_image(folder_ / "image", channels);
  }
  void expect_fault(const std::string& bytes, const std::string& message) {
    expect_error([&] { decoded(bytes); }, (folder_ / "image").string() + ": " + message);
  }
  TemporaryFolder folder_;
};

TEST(NoCodecs, AreNamedWithTheRemedy) {
  if (LATENT_IMAGE_CODECS != 0) GTEST_SKIP() << "NOT TESTED: this build has image codecs";
  EXPECT_FALSE(have_codecs());
  expect_error([] { resize(Picture(1, 1, 1, 0), 2, 2, Filter::kArea); },
               "image codecs: this build has none; rebuild with -DLATENT_IMAGE_CODECS=ON");
}

TEST_F(Codecs, ConvertsBetweenGreyAndColour) {
  EXPECT_EQ(decoded(png(2, 1, 8, 0, {"\x10\x20"})).pixels, (Bytes{16, 16, 16, 32, 32, 32}));
  EXPECT_EQ(decoded(png(2, 1, 8, 0, {"\x10\x20"}), 1).pixels, (Bytes{16, 32}));
  const std::string rgb{'\xff', 0, 0, 0, '\xff', 0, 0, 0, '\xff'};
  EXPECT_EQ(decoded(png(3, 1, 8, 2, {rgb})).pixels, (Bytes{255, 0, 0, 0, 255, 0, 0, 0, 255}));
  // Luma of BT.601.
  EXPECT_EQ(decoded(png(3, 1, 8, 2, {rgb}), 1).pixels, (Bytes{76, 150, 29}));
}

TEST_F(Codecs, AlphaIsCompositedOnWhite) {
  const std::string rgba{100, 50, 0, '\xff', 100, 50, 0, 0, 100, 50, 0, '\x80'};
  EXPECT_EQ(decoded(png(3, 1, 8, 6, {rgba})).pixels,
            (Bytes{100, 50, 0, 255, 255, 255, 177, 152, 127}));
  const std::string grey_alpha{100, '\xff', 100, 0, 100, '\x80'};
  EXPECT_EQ(decoded(png(3, 1, 8, 4, {grey_alpha}), 1).pixels, (Bytes{100, 255, 177}));
  EXPECT_EQ(decoded(webp()).pixels[0], 255);
  EXPECT_EQ(decoded(webp()).pixels[5 * 3], 30);
}

TEST_F(Codecs, SixteenBitsBecomeEight) {
  const std::string deep{'\xff', '\xff', '\x80', 0, 0, '\x81'};
  EXPECT_EQ(decoded(png(3, 1, 16, 0, {deep}), 1).pixels, (Bytes{255, 128, 1}));
  EXPECT_EQ(decoded(tiff(2, 1, 16, {'\xff', '\xff', 0, '\x80'}), 1).pixels, (Bytes{255, 128}));
}

TEST_F(Codecs, PalettesAndSingleBitsAreUnfolded) {
  const std::string colours = png_chunk("PLTE", {'\xff', 0, 0, 0, 0, '\xff'});
  EXPECT_EQ(decoded(png(2, 1, 8, 3, {{1, 0}}, colours)).pixels, (Bytes{0, 0, 255, 255, 0, 0}));
  const std::string clear = colours + png_chunk("tRNS", {'\xff', 0});
  EXPECT_EQ(decoded(png(2, 1, 8, 3, {{1, 0}}, clear)).pixels, (Bytes{255, 255, 255, 255, 0, 0}));
  EXPECT_EQ(decoded(png(8, 1, 1, 0, {"\xa0"}), 1).pixels, (Bytes{255, 0, 255, 0, 0, 0, 0, 0}));
}

TEST_F(Codecs, BmpsWithUnusedAlphaAreOpaque) {
  EXPECT_EQ(decoded(bmp32(1, 1, {10, 20, 30, 0})).pixels, (Bytes{30, 20, 10}));
  EXPECT_EQ(decoded(bmp32(1, 1, {10, 20, 30, 0}, true)).pixels, (Bytes{30, 20, 10}));
  EXPECT_EQ(decoded(bmp32(2, 1, {10, 20, 30, 0, 10, 20, 30, '\xff'}, true)).pixels,
            (Bytes{255, 255, 255, 30, 20, 10}));
}

// Where the red half of the picture lies: "left", "right", "top" or "bottom".
std::string red_side(const Picture& picture) {
  const auto red = [&](int64_t x, int64_t y) { return picture.at(x, y)[0] > picture.at(x, y)[2]; };
  const int64_t right = picture.width - 1, bottom = picture.height - 1;
  if (red(0, 0) && red(0, bottom)) return "left";
  if (red(right, 0) && red(right, bottom)) return "right";
  return red(0, 0) ? "top" : "bottom";
}

TEST_F(Codecs, ExifTurnsThePicture) {
  const char* const sides[] = {"left", "left", "right",  "right", "left",
                               "top",  "top",  "bottom", "bottom"};
  for (int orientation = 0; orientation <= 8; ++orientation) {
    const Picture picture = decoded(jpeg(orientation));
    EXPECT_EQ(red_side(picture), sides[orientation]) << orientation;
    EXPECT_EQ(picture.width, orientation < 5 ? 16 : 8);
  }
  EXPECT_EQ(red_side(decoded(progressive_jpeg())), "left");
}

TEST_F(Codecs, JpegsAreReducedBeforeTheTurn) {
  const char* const sides[] = {"left", "left", "right",  "right", "left",
                               "top",  "top",  "bottom", "bottom"};
  for (int orientation = 0; orientation <= 8; ++orientation) {
    write_file(folder_ / "image", jpeg(orientation));
    const EncodedImage encoded = read_encoded(folder_ / "image");
    EXPECT_EQ(encoded.width(), orientation < 5 ? 16 : 8);
    for (const int64_t reduction : {2, 4}) {
      const Picture picture = decode(encoded, 3, reduction);
      EXPECT_EQ(picture.width * reduction, encoded.width());
      EXPECT_EQ(picture.height * reduction, encoded.height());
      EXPECT_EQ(red_side(picture), sides[orientation]) << orientation;
    }
  }
  write_file(folder_ / "image", png(2, 2, 8, 0, {"ab", "cd"}));
  EXPECT_EQ(decode(read_encoded(folder_ / "image"), 1, 8).pixels, (Bytes{'a', 'b', 'c', 'd'}));
}

TEST_F(Codecs, AppliesEveryExifOrientation) {
  // The first pixel as it is stored, and where the standard puts it: EXIF 2.32, tag 274.
  const std::string pixels{1, 2, 3, 4, 5, 6};  // 3x2
  const auto upright = [&](int orientation) {
    const std::string chunk = png_chunk("eXIf", exif(orientation));
    return decoded(png(3, 2, 8, 0, {pixels.substr(0, 3), pixels.substr(3)}, chunk), 1).pixels;
  };
  EXPECT_EQ(upright(1), (Bytes{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(upright(2), (Bytes{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(upright(3), (Bytes{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(upright(4), (Bytes{4, 5, 6, 1, 2, 3}));
  EXPECT_EQ(upright(5), (Bytes{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(upright(6), (Bytes{4, 1, 5, 2, 6, 3}));
  EXPECT_EQ(upright(7), (Bytes{6, 3, 5, 2, 4, 1}));
  EXPECT_EQ(upright(8), (Bytes{3, 6, 2, 5, 1, 4}));
}

TEST_F(Codecs, FaultsNameTheFile) {
  const std::string cut = "cut short: the end of the image is missing";
  expect_fault(jpeg().substr(0, 290), cut);
  expect_fault(png(20000, 20000, 8, 2, {"x"}),
               "20000x20000 pixels; expected at most 100 megapixels");
  expect_fault("hello",
               "not an image this program reads; expected JPEG, PNG, BMP, TIFF, WebP, GIF or PNM");
  expect_fault("", "empty file; expected an image");
  std::string damaged = png(3, 1, 8, 0, {"abc"});
  damaged[damaged.size() - 16] ^= 1;  // in the checksum of the pixels
  expect_fault(damaged, "damaged: a checksum does not fit");
  expect_fault(png(9, 9, 8, 0, {"abcdefghi"}),
               "cannot be decoded: its data are damaged or of an unsupported kind");
  expect_fault(
      tiff(1, 1, 32, "abcd"),
      "neither 8 nor 16 bits a channel; expected one of them, or data.black and data.white for the "
      "range of its values");
  expect_fault(tiff(100, 100, 8, "abcd"), cut);
  const std::string webp_with_odd_version("RIFF\x7c\0\0\0WEBPVP8L\x6c\0\0\0\x2f\0\0\0\xf0", 25);
  expect_fault(webp_with_odd_version + std::string(103, '\0') + "DICM",
               "cannot be decoded: its data are damaged or of an unsupported kind");
  expect_error([&] { read_image(folder_ / "none.jpg", 3); },
               (folder_ / "none.jpg").string() + ": no such file");
  expect_error([&] { read_image(folder_.path(), 3); },
               folder_.path().string() + ": is a folder; expected a file");
}

TEST_F(Codecs, OnlyTheErrorReportsDamage) {
  std::string odd = tiff(2, 2, 8, "abcd");
  odd.replace(10 + 12 * 4 + 8, 4, little(77, 4));  // the meaning of its values
  testing::internal::CaptureStderr();
  expect_fault(
      odd,
      "cannot be decoded: its data are damaged or of an unsupported kind (a TIFF: colours of "
      "kind 77, 1 value of 8 bits a pixel)");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  std::cerr << "others " << 1 << std::flush;
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "others 1");
}

TEST_F(Codecs, ResizeByAreaAndByInterpolation) {
  Picture picture(4, 2, 1, 0);
  picture.pixels = {0, 10, 20, 30, 40, 50, 60, 70};
  EXPECT_EQ(resize(picture, 2, 1, Filter::kArea).pixels, (Bytes{25, 45}));
  EXPECT_EQ(resize(picture, 4, 2, Filter::kBicubic).pixels, picture.pixels);
  const Picture wide = resize(picture, 8, 2, Filter::kBilinear);
  EXPECT_EQ(Bytes(wide.pixels.begin(), wide.pixels.begin() + 4), (Bytes{0, 3, 8, 13}));
}

TEST_F(Codecs, PalettesAreChosenNearThePixelsAndRepeatably) {
  Bytes rgb;
  for (int i = 0; i < 300; ++i) {
    for (const int c : i % 2 == 0 ? std::vector<int>{250, 0, 0} : std::vector<int>{0, 0, 200}) {
      rgb.push_back(static_cast<uint8_t>(c + i % 3));
    }
  }
  const Bytes chosen = choose_palette(rgb, 2);
  ASSERT_EQ(chosen.size(), 6U);
  const size_t red = chosen[0] > chosen[3] ? 0 : 3;
  EXPECT_EQ(Bytes(chosen.begin() + static_cast<int64_t>(red),
                  chosen.begin() + static_cast<int64_t>(red) + 3),
            (Bytes{251, 1, 1}));
  EXPECT_EQ(chosen, choose_palette(rgb, 2));
}

TEST_F(Codecs, DecodesRealPhotos) {
  LATENT_REAL_DATA(folder, "flowers");
  int64_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".jpg" || ++seen > 200) continue;
    const Picture photo = read_image(entry.path(), 3);
    EXPECT_EQ(photo.width, 128) << entry.path();
    EXPECT_EQ(photo.height, 128) << entry.path();
  }
  if (seen == 0) GTEST_SKIP() << "NOT TESTED ON REAL PHOTOS: " << folder << " holds archives only";
}

}  // namespace
}  // namespace latent
