#include "image/formats.h"

#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;

TEST(ImageFormats, AreKnownByTheirFirstBytes) {
  EXPECT_EQ(sniff_image(jpeg()), ImageFormat::kJpeg);
  EXPECT_EQ(sniff_image(png(1, 1, 8, 0, {"a"})), ImageFormat::kPng);
  EXPECT_EQ(sniff_image(bmp32(1, 1, "abcd")), ImageFormat::kBmp);
  EXPECT_EQ(sniff_image(tiff(1, 1, 8, "a")), ImageFormat::kTiff);
  EXPECT_EQ(sniff_image(webp()), ImageFormat::kWebp);
  EXPECT_EQ(sniff_image(gif()), ImageFormat::kGif);
  EXPECT_EQ(sniff_image("P6\n# made by hand\n1 1 255\nabc"), ImageFormat::kPnm);
}

TEST(ImageFormats, TextsAreNone) {
  for (const char* text :
       {"", "P", "P5", "P2P networks", "P5 is a pin", "BMW cars and others, many", "GIF files",
        "RIFF", "II", "name,label\n"}) {
    EXPECT_FALSE(sniff_image(text)) << text;
    EXPECT_FALSE(sniff_foreign_image(text)) << text;
  }
}

TEST(ImageFormats, OthersAreNamedWithARemedy) {
  EXPECT_EQ(sniff_foreign_image(big(28, 4) + "ftypheic")->name, "HEIC");
  EXPECT_EQ(sniff_foreign_image(big(28, 4) + "ftypavif")->name, "AVIF");
  EXPECT_EQ(sniff_foreign_image(std::string(128, '\0') + "DICM")->name, "DICOM");
  EXPECT_EQ(sniff_foreign_image("8BPS")->remedy,
            "convert it to PNG or JPEG, for example with ImageMagick");
  EXPECT_FALSE(sniff_foreign_image(jpeg()));
}

TEST(ImageFormats, EndingsAreKnownInAnyCase) {
  for (const char* ending : {".jpg", ".JPEG", ".jfif", ".Tif", ".pgm", ".gif"})
    EXPECT_TRUE(is_image_ending(ending)) << ending;
  for (const char* ending : {"", "jpg", ".heic", ".txt"})
    EXPECT_FALSE(is_image_ending(ending)) << ending;
}

}  // namespace
}  // namespace latent
