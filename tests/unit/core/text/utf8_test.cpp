// What files hold reaches a terminal as words, not as orders.
#include "core/text/utf8.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(Utf8, ControlCharactersAreReplaced) {
  EXPECT_EQ(without_controls("a\x1b[31m\tb\rc\x7f\nd", false), "a?[31m\tb?c?\nd");
  EXPECT_EQ(without_controls("a\nb", true), "a b");
  EXPECT_EQ(without_controls("\xc2\x9b"
                             "2J \xc2\xa0\xc3\x9b",
                             true),
            "??2J \xc2\xa0\xc3\x9b");
  EXPECT_EQ(without_controls("", true), "");
}

TEST(Utf8, ControlCharactersOfJsonAreEscaped) {
  EXPECT_EQ(with_controls_escaped("{\n\"\x7f\xc2\x9b\xc2\xa0\xc3\x9b\": 1}"),
            "{\n\"\\u007f\\u009b\xc2\xa0\xc3\x9b\": 1}");
}

}  // namespace
}  // namespace latent
