#include "image/tiff_header.h"

#include <string>

#include "unit/expect.h"

namespace latent {
namespace {

using namespace std::string_literals;

// One entry of a directory: tag, type 3 (16 bits), one value.
std::string short_entry(char tag, char value) {
  return tag + "\1\3\0\1\0\0\0"s + value + "\0\0\0"s;
}

TEST(TiffHeader, ReadsSizeAndOrientation) {
  // Tags 256, 257 and 274.
  const std::string bytes =
      "II*\0\x08\0\0\0\3\0"s + short_entry('\0', 7) + short_entry('\1', 5) + short_entry('\x12', 6);
  const TiffDirectory found = read_tiff_directory(bytes);
  EXPECT_EQ(found.width, 7);
  EXPECT_EQ(found.height, 5);
  EXPECT_EQ(found.orientation, 6);
  EXPECT_EQ(found.tile_pixels, 1u);
  EXPECT_TRUE(found.complete);
}

TEST(TiffHeader, ThrowsNothingForHostileBytes) {
  EXPECT_FALSE(read_tiff_directory("").complete);
  EXPECT_FALSE(read_tiff_directory("II*\0\xff\xff\xff\xff"s).complete);
  EXPECT_FALSE(read_tiff_directory("II*\0\x08\0\0\0\xff\xff"s + short_entry('\0', 7)).complete);
  // An orientation outside 1 to 8 is ignored.
  EXPECT_EQ(read_tiff_directory("II*\0\x08\0\0\0\1\0"s + short_entry('\x12', 9)).orientation, 1);
}

}  // namespace
}  // namespace latent
