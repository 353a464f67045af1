// Image headers, read without any codec.
#include "image/header.h"

#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;

void expect_header(const std::string& bytes, ImageFormat format, int64_t width, int64_t height,
                   int orientation = 1) {
  const ImageHeader header = read_image_header(bytes, "x");
  EXPECT_EQ(header.format, format);
  EXPECT_EQ(header.width, width);
  EXPECT_EQ(header.height, height);
  EXPECT_EQ(header.orientation, orientation);
}

void expect_fault(const std::string& bytes, const std::string& message) {
  expect_error([&] { read_image_header(bytes, "x"); }, "x: " + message);
}

const std::string kCut = "cut short: the end of the image is missing";

TEST(ImageHeader, ReadsEveryFormat) {
  expect_header(png(3, 2, 8, 0, {"abc", "def"}), ImageFormat::kPng, 3, 2);
  expect_header(jpeg(), ImageFormat::kJpeg, 16, 8);
  expect_header(progressive_jpeg(), ImageFormat::kJpeg, 16, 8);
  expect_header(webp(), ImageFormat::kWebp, 6, 4);
  expect_header(bmp32(2, -1, "abcdefgh"), ImageFormat::kBmp, 2, 1);
  expect_header(tiff(2, 2, 8, "abcd"), ImageFormat::kTiff, 2, 2);
}

TEST(ImageHeader, ReadsGifPnmAndAnimations) {
  expect_header(gif(), ImageFormat::kGif, 2, 2);
  expect_header("P5 3 1 255\nabc", ImageFormat::kPnm, 3, 1);
  expect_header("P1\n# a comment\n2 2\n01 10", ImageFormat::kPnm, 2, 2);
  expect_header(animated_webp(), ImageFormat::kWebp, 8, 4);
  EXPECT_EQ(read_image_header(animated_webp(), "x").pages, 2);
  EXPECT_EQ(read_image_header(webp(), "x").pages, 1);
  expect_fault("P5 3 1 255\nab", kCut);
  expect_fault("P5 20000 20000 255\nab", "20000x20000 pixels; expected at most 100 megapixels");
  expect_fault("P5 0 1 255\n", "damaged: its header has no size");
  expect_fault("P5 1 1 70000\na", "damaged: its header has no size");
  expect_fault(gif().substr(0, gif().size() - 2), kCut);
  expect_header(gif().substr(0, gif().size() - 1), ImageFormat::kGif, 2, 2);  // without a trailer
}

TEST(ImageHeader, SkipsStrayBytesBetweenJpegSegments) {
  const std::string whole = jpeg(6);
  const size_t table = whole.find("\xff\xdb");
  std::string stray = whole;
  stray.insert(table, "ab");
  expect_header(stray, ImageFormat::kJpeg, 16, 8, 6);
  std::string short_length = jpeg();  // of APP0, by 4 bytes
  short_length[5] = static_cast<char>(short_length[5] - 4);
  expect_header(short_length, ImageFormat::kJpeg, 16, 8);
  expect_fault(stray.substr(0, stray.size() - 2), kCut);
}

TEST(ImageHeader, FindsTheOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    expect_header(jpeg(orientation), ImageFormat::kJpeg, 16, 8, orientation);
    expect_header(png(1, 1, 8, 0, {"a"}, png_chunk("eXIf", exif(orientation))), ImageFormat::kPng,
                  1, 1, orientation);
  }
  expect_header(jpeg(9), ImageFormat::kJpeg, 16, 8, 1);
  // ImageMagick's text: the TIFF directory of one entry, orientation (274), a short, 6.
  const std::string profile =
      "\nexif\n      32\n4578696600004d4d002a000000080001011200030000\n"
      "000100060000\n";
  const std::string name = std::string("Raw profile type exif") + '\0';
  expect_header(png(1, 1, 8, 0, {"a"}, png_chunk("tEXt", name + profile)), ImageFormat::kPng, 1, 1,
                6);
  for (const std::string& damaged : {std::string(), profile.substr(0, 5), profile.substr(0, 40),
                                     std::string("\nexif\n 4\nzz")}) {
    expect_header(png(1, 1, 8, 0, {"a"}, png_chunk("tEXt", name + damaged)), ImageFormat::kPng, 1,
                  1, 1);
  }
  for (const char* text : {"tiff:Orientation=\"6\"", "<tiff:Orientation>6</tiff:Orientation>"}) {
    const std::string xmp = "XML:com.adobe.xmp" + std::string(5, '\0') + text;
    expect_header(png(1, 1, 8, 0, {"a"}, png_chunk("iTXt", xmp)), ImageFormat::kPng, 1, 1, 6);
  }
}

TEST(ImageHeader, RefusesBombs) {
  const std::string message = "20000x20000 pixels; expected at most 100 megapixels";
  expect_fault(png(20000, 20000, 8, 2, {"a few bytes"}), message);
  expect_fault(png(0xffffffff, 0xffffffff, 8, 2, {"x"}),
               "4294967295x4294967295 pixels; expected at most 100 megapixels");
  expect_fault(bmp32(20000, 20000, "abcd"), message);
  expect_fault(tiff(20000, 20000, 8, "abcd"), message);
  std::string large = jpeg();
  const size_t frame = large.find("\xff\xc0");
  large.replace(frame + 5, 4, big(20000, 2) + big(20000, 2));
  expect_fault(large, message);
  std::string tiled =
      tiff(2, 2, 8, "abcd");  // rows per strip become a tile's width, the strip's bytes its height
  tiled.replace(10 + 12 * 7, 12, little(322, 2) + little(4, 2) + little(1, 4) + little(1 << 20, 4));
  tiled.replace(10 + 12 * 8, 12, little(323, 2) + little(4, 2) + little(1, 4) + little(1 << 20, 4));
  expect_fault(tiled, "2x2 pixels; expected at most 100 megapixels");
}

TEST(ImageHeader, RefusesFilesCutShort) {
  for (const auto& whole : {png(3, 2, 8, 0, {"abc", "def"}), jpeg(), jpeg(6), progressive_jpeg(),
                            webp(), bmp32(2, 1, "abcdefgh"), tiff(2, 2, 8, "abcd")}) {
    read_image_header(whole, "x");
    for (size_t kept = 0; kept < whole.size(); ++kept) {
      EXPECT_THROW(read_image_header(whole.substr(0, kept), "x"), Error)
          << kept << " of " << whole.size();
    }
  }
  expect_fault(jpeg().substr(0, 290), kCut);
  expect_fault(png(3, 2, 8, 0, {"abc", "def"}).substr(0, 50), kCut);
  expect_fault(tiff(2, 2, 8, "abc"), kCut);
}

TEST(ImageHeader, TakesBytesAfterTheEnd) {  // cameras append previews
  expect_header(jpeg() + "more", ImageFormat::kJpeg, 16, 8);
  expect_header(png(1, 1, 8, 0, {"a"}) + "more", ImageFormat::kPng, 1, 1);
}

TEST(ImageHeader, AnEndMarkerInAThumbnailIsNotTheEnd) {
  std::string with_thumbnail = jpeg(1);
  const std::string block = std::string("Exif\0\0", 6) + exif(1) + jpeg();
  with_thumbnail =
      jpeg().substr(0, 2) + "\xff\xe1" + big(block.size() + 2, 2) + block + jpeg().substr(2);
  expect_header(with_thumbnail, ImageFormat::kJpeg, 16, 8);
  expect_fault(with_thumbnail.substr(0, with_thumbnail.size() - 20), kCut);
}

TEST(ImageHeader, RefusesOtherFiles) {
  expect_fault("", "empty file; expected an image");
  expect_fault("hello",
               "not an image this program reads; expected JPEG, PNG, BMP, TIFF, WebP, GIF "
               "or PNM");
  expect_fault("GIF89a", kCut);
  expect_fault(
      big(24, 4) + "ftypheic",
      "HEIC, which this program does not read; convert it to PNG or JPEG, for example with "
      "heif-convert");
  expect_fault(png(0, 0, 8, 0, {""}), "damaged: its header has no size");
}

}  // namespace
}  // namespace latent
