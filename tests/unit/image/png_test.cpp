#include <png.h>

#include "core/system/file.h"
#include "image/picture.h"
#include "unit/expect.h"

namespace latent {
namespace {

/// Read back by libpng's own simplified interface.
Picture read_back(const std::filesystem::path& path, bool colour) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  EXPECT_EQ((image.format & PNG_FORMAT_FLAG_COLOR) != 0, colour);
  image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Picture picture(image.width, image.height, colour ? 3 : 1, 0);
  EXPECT_NE(png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr), 0)
      << image.message;
  return picture;
}

Picture gradient(int64_t width, int64_t height, int64_t channels) {
  Picture picture(width, height, channels, 0);
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<uint8_t>(i * 7);
  return picture;
}

TEST(Png, GreyAndColourComeBackUnchanged) {
  const TemporaryFolder folder;
  for (const int64_t channels : {1, 3}) {
    const Picture picture = gradient(13, 7, channels);
    write_png(picture, folder / "new" / "folder" / "x.png");
    const Picture back = read_back(folder / "new" / "folder" / "x.png", channels == 3);
    EXPECT_EQ(back.width, 13);
    EXPECT_EQ(back.height, 7);
    EXPECT_EQ(back.pixels, picture.pixels);
  }
}

TEST(Png, LeavesNoTemporaryFile) {
  const TemporaryFolder folder;
  write_png(gradient(2, 2, 1), folder / "x.png");
  write_png(gradient(3, 2, 1), folder / "x.png");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Png, NamesFileAndReason) {
  const TemporaryFolder folder;
  write_file(folder / "file", "in the way");
  expect_error([&] { write_png(gradient(2, 2, 1), folder / "file" / "x.png"); },
               (folder / "file").string() + ": cannot make this folder: Not a directory");
  expect_error([&] { write_png(Picture(0, 5, 1, 0), folder / "x.png"); },
               (folder / "x.png").string() +
                   ": a picture of 0x5 pixels; a PNG can have 1 to 1000000 a side");
  EXPECT_THROW(write_png(Picture(2, 2, 2, 0), folder / "x.png"), c10::Error);
}

}  // namespace
}  // namespace latent
