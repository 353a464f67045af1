#include "core/text/split.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Split, CommasSeparateParts) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split_at_commas("a,b c"), (Parts{"a", "b c"}));
  EXPECT_EQ(split_at_commas("a"), Parts{"a"});
  EXPECT_EQ(split_at_commas(",a,"), (Parts{"", "a"}));  // a comma at the end begins no part
  EXPECT_EQ(split_at_commas(""), Parts{});
}

TEST(Split, TrimmedLosesBlanksAtBothEnds) {
  EXPECT_EQ(trimmed(" \ta b\r"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \r\t"), "");
}

TEST(Split, PutsAsciiIntoLowerCase) { EXPECT_EQ(lower_case("aBC-9.PNG Ö"), "abc-9.png Ö"); }

TEST(Split, MakesPartsOfFileNames) {
  EXPECT_EQ(in_file_name("label=owl"), "label=owl");
  EXPECT_EQ(in_file_name("!a b/c"), "not-a-b-c");
  EXPECT_EQ(in_file_name("size=0.5..0.8,2"), "size=0.5..0.8,2");
  EXPECT_EQ(in_file_name("größe"), "größe");
  EXPECT_EQ(in_file_name(std::string(100, 'x')), std::string(80, 'x'));
  std::string long_name(79, 'x');
  long_name.append("ö");
  EXPECT_EQ(in_file_name(long_name), std::string(79, 'x')) << "whole letters";
}

TEST(Split, TheFirstLineEndsAtItsBreak) {
  EXPECT_EQ(first_line("Broken pipe\nframe #0"), "Broken pipe");
  EXPECT_EQ(first_line("one"), "one");
  EXPECT_EQ(first_line("\nx"), "");
}

}  // namespace
}  // namespace latent
