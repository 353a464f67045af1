#include "core/text/wrap.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_EQ(wrapped("one two three", 7, 0), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 6, 0), "one\ntwo\nthree");
  EXPECT_EQ(wrapped("one two three", 0, 0), "one two three") << "no limit";
  EXPECT_EQ(wrapped("immeasurable is", 5, 0), "immeasurable\nis") << "a long word stays whole";
  EXPECT_EQ(wrapped("", 10, 2), "  ");
}

TEST(Wrap, IndentsTheLines) {
  EXPECT_EQ(wrapped("one two three", 9, 2), "  one two\n  three");
  EXPECT_EQ(wrapped("two three", 9, 2, 6), "two\n  three") << "six columns are taken";
}

TEST(Wrap, KeepsTheTextsOwnBreaks) {
  EXPECT_EQ(wrapped("one\ntwo three", 20, 1), " one\n two three");
}

// An umlaut of two bytes takes one column.
TEST(Wrap, CountsCharacters) {
  EXPECT_EQ(wrapped("\u00e4\u00e4 \u00e4", 4, 0), "\u00e4\u00e4 \u00e4");
  EXPECT_EQ(wrapped("\u00e4\u00e4 \u00e4", 3, 0), "\u00e4\u00e4\n\u00e4");
}

}  // namespace
}  // namespace latent
