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

}  // namespace
}  // namespace latent
