#include "image/gif_frame.h"

#include "core/system/file.h"
#include "image/codecs.h"
#include "image/gif.h"
#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace testing_files;
using Values = std::vector<uint16_t>;

Values colours_at(const RawImage& image, int64_t y) {
  const auto row = image.values.begin() + y * image.width * 4;
  return {row, row + image.width * 4};
}

TEST(GifFrame, ReadsTheColoursOfTheFirstFrame) {
  const RawImage image = read_gif_frame(gif(), "x");
  EXPECT_EQ(image.width, 2);
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(colours_at(image, 0), (Values{10, 20, 30, 255, 255, 0, 0, 255}));
  EXPECT_EQ(colours_at(image, 1), (Values{0, 255, 0, 255, 0, 0, 255, 255}));
}

TEST(GifFrame, OneColourMayBeTransparent) {
  const std::string control("!\xf9\4\1\0\0\1\0", 8);  // index 1
  const RawImage image = read_gif_frame(gif(control), "x");
  EXPECT_EQ(colours_at(image, 0), (Values{10, 20, 30, 255, 255, 0, 0, 0}));
  EXPECT_EQ(to_picture(image, 3, {}, "x").pixels,
            (std::vector<uint8_t>{10, 20, 30, 255, 255, 255, 0, 255, 0, 0, 0, 255}));
}

TEST(GifFrame, InterlacedRowsArePutInOrder) {
  // Stored: rows 0, 2, 1, 3.
  const RawImage image = read_gif_frame(gif("", 0x40, 1, 4), "x");
  EXPECT_EQ(colours_at(image, 0), (Values{10, 20, 30, 255}));
  EXPECT_EQ(colours_at(image, 2), (Values{255, 0, 0, 255}));
  EXPECT_EQ(colours_at(image, 1), (Values{0, 255, 0, 255}));
  EXPECT_EQ(colours_at(image, 3), (Values{0, 0, 255, 255}));
}

TEST(GifFrame, ReadsWhatTheWriterWrites) {
  const TemporaryFolder folder;
  Picture first(70, 60, 1, 0);
  for (size_t i = 0; i < first.pixels.size(); ++i)
    first.pixels[i] = static_cast<uint8_t>(i * i / 7);
  write_gif({first, Picture(70, 60, 1, 9)}, folder / "x.gif");
  const EncodedImage encoded = read_encoded(folder / "x.gif");
  EXPECT_EQ(encoded.header.pages, 2);
  EXPECT_EQ(about_other_pages(encoded.header), "an animation of 2 frames; its first is read");
  EXPECT_EQ(decode(encoded, 1).pixels, first.pixels);
}

TEST(GifFrame, FaultsNameTheFile) {
  expect_error([] { read_gif_frame(gif().substr(0, 30), "x"); },
               "x: cut short: the end of the image is missing");
  expect_error([] { read_gif_frame(gif("", 0, 3, 2), "x"); },
               "x: damaged: its first frame has too few pixels");
  std::string odd = gif();
  odd[odd.size() - 7] = 9;  // the size of its first code
  expect_error([&] { read_gif_frame(odd, "x"); }, "x: damaged: its first frame has too few pixels");
  EXPECT_FALSE(read_gif_layout("GIF89a").complete);
}

}  // namespace
}  // namespace latent
