// Text in UTF-8 and UTF-16.
#include "format/utf8_source.h"

#include <sstream>

#include "unit/expect.h"

namespace latent {
namespace {

std::string all_of(const std::string& bytes) {
  Utf8Source source(std::make_unique<std::istringstream>(bytes));
  std::string text;
  while (source.peek() != Utf8Source::kEnd)
    text += static_cast<char>(source.get());
  EXPECT_EQ(source.get(), Utf8Source::kEnd);
  return text;
}

TEST(Utf8Source, MarksAreSkippedAndOtherBytesStay) {
  EXPECT_EQ(all_of(""), "");
  EXPECT_EQ(all_of("abc"), "abc");
  EXPECT_EQ(all_of("\xef\xbb\xbf"
                   "abc"),
            "abc");
  EXPECT_EQ(all_of("\xe5"), "\xe5");
  EXPECT_EQ(all_of("\xff\xfe"), "");
}

TEST(Utf8Source, Utf16InBothOrders) {
  // U+0041, U+00E5, U+20AC and U+1F989 have one, two, three and four bytes in UTF-8.
  const std::string want = "A\xc3\xa5\xe2\x82\xac\xf0\x9f\xa6\x89";
  EXPECT_EQ(all_of(std::string("\xff\xfe"
                               "A\0\xe5\0\xac\x20\x3e\xd8\x89\xdd",
                               12)),
            want);
  EXPECT_EQ(all_of(std::string("\xfe\xff\0A\0\xe5\x20\xac\xd8\x3e\xdd\x89", 12)), want);
}

TEST(Utf8Source, HalvesOfPairsAndOddBytesAreReplaced) {
  const std::string replaced = "\xef\xbf\xbd";  // U+FFFD
  EXPECT_EQ(all_of(std::string("\xff\xfe\x3e\xd8"
                               "A\0",
                               6)),
            replaced + "A");
  EXPECT_EQ(all_of(std::string("\xff\xfe\x89\xdd", 4)), replaced);
  EXPECT_EQ(all_of(std::string("\xff\xfe\x3e\xd8", 4)), replaced);
  EXPECT_EQ(all_of(std::string("\xff\xfe"
                               "A\0B",
                               5)),
            "A" + replaced);
}

TEST(Utf8Source, PiecesMeetWithoutASeam) {
  // The mark makes every letter lie across the ends of the pieces of 65536 bytes.
  std::string bytes = "\xff\xfe";
  std::string want;
  for (int i = 0; i < 40'000; ++i) {
    bytes += std::string("\x3e\xd8\x89\xdd", 4);
    want += "\xf0\x9f\xa6\x89";
  }
  EXPECT_EQ(all_of(bytes), want);
}

}  // namespace
}  // namespace latent
