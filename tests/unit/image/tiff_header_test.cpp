#include "image/tiff_header.h"

#include <string>

#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

using namespace std::string_literals;
using namespace testing_files;

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

TEST(TiffHeader, CountsAndSelectsPages) {
  // The second directory, one entry, stands before the first.
  const std::string second = "\1\0"s + short_entry('\0', 5) + "\0\0\0\0"s;
  std::string bytes = tiff_of({{256, {7}}}, second, 8);
  EXPECT_EQ(count_tiff_pages(bytes), 2);
  EXPECT_EQ(read_tiff_directory(bytes).width, 7);
  EXPECT_FALSE(select_tiff_page(bytes, 3));
  EXPECT_TRUE(select_tiff_page(bytes, 2));
  EXPECT_EQ(read_tiff_directory(bytes).width, 5);
  // A directory that names itself as the next is one page.
  EXPECT_EQ(count_tiff_pages(tiff_of({{256, {7}}}, "", 8)), 1);
  EXPECT_EQ(count_tiff_pages("II*\0"s), 0);
}

TEST(TiffHeader, TellsRawPhotosFromPictures) {
  // Tag 254 with 1: a smaller copy; 330: the places of other directories; 50706: DNG's version.
  EXPECT_TRUE(is_raw_photo(tiff_of({{254, {1}}, {256, {7}}, {330, {8}}}, "", 0)));
  EXPECT_TRUE(is_raw_photo(tiff_of({{256, {7}}, {50706, {0x0401}}}, "", 0)));
  EXPECT_TRUE(is_raw_photo(tiff_of({{256, {7}}, {262, {32803}}}, "", 0)));
  EXPECT_TRUE(is_raw_photo("II*\0\x10\0\0\0CR\2\0"s));
  // A picture with smaller copies of itself, a page of a thumbnail, and damage.
  EXPECT_FALSE(is_raw_photo(tiff_of({{254, {0}}, {256, {7}}, {330, {8}}}, "", 0)));
  EXPECT_FALSE(is_raw_photo(tiff_of({{254, {1}}, {256, {7}}}, "", 0)));
  EXPECT_FALSE(is_raw_photo(tiff_of({{256, {7}}, {262, {2}}}, "", 0)));
  EXPECT_FALSE(is_raw_photo(""));
  EXPECT_FALSE(is_raw_photo("II*\0\xff\xff\xff\xff"s));
}

TEST(TiffHeader, ReadsBigTiff) {
  const std::string bytes = "II+\0\x08\0\0\0"s + little(16, 8) + little(2, 8) +            // header
                            little(256, 2) + little(4, 2) + little(1, 8) + little(9, 8) +  // width
                            little(257, 2) + little(16, 2) + little(1, 8) +
                            little(uint64_t{1} << 40, 8) + little(0, 8);
  const TiffDirectory found = read_tiff_directory(bytes);
  EXPECT_TRUE(found.large);
  EXPECT_EQ(found.width, 9);
  EXPECT_EQ(found.height, 0xffffffff);  // clamped: products must fit in 64 bits
  EXPECT_EQ(count_tiff_pages(bytes), 1);
}

TEST(TiffHeader, ChangesTags) {
  const std::string bytes = tiff_of({{256, {7}}, {257, {5}}, {258, {8, 8, 8}}}, "abc");
  const std::string changed = with_tiff_changes(bytes, {{256, {3}}, {257, {}}, {273, {1, 2}}});
  EXPECT_EQ(tiff_numbers(changed, 256), std::vector<uint64_t>{3});
  EXPECT_EQ(tiff_numbers(changed, 257), std::vector<uint64_t>{});
  EXPECT_EQ(tiff_numbers(changed, 258), (std::vector<uint64_t>{8, 8, 8}));
  EXPECT_EQ(tiff_numbers(changed, 273), (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(changed.substr(8, 3), "abc");
}

}  // namespace
}  // namespace latent
