#include "image/text.h"

#include <algorithm>

#include "unit/expect.h"

namespace latent {
namespace {

class Text : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_draw_text())
      GTEST_SKIP() << "NOT TESTED: no font on this machine; install fonts-dejavu-core";
  }
};

TEST_F(Text, WiderTextIsWider) {
  EXPECT_EQ(text_width("", 13), 0);
  EXPECT_GT(text_width("iii", 13), 0);
  EXPECT_GT(text_width("WWW", 13), text_width("iii", 13));
  EXPECT_NEAR(static_cast<double>(text_width("latent", 26)),
              2.0 * static_cast<double>(text_width("latent", 13)), 4);
  EXPECT_GE(text_height(13), 13);
}

TEST_F(Text, CountsCharactersNotBytes) {
  EXPECT_EQ(text_width("\u00fc", 13), text_width("u", 13));                         // u with dots
  EXPECT_EQ(text_width("\xff", 13), text_width("\ufffd", 13));                      // no UTF-8
  EXPECT_EQ(text_width("\xc3", 13), text_width("\ufffd", 13));                      // cut
  EXPECT_EQ(text_width("\xc0\xaf", 13), text_width("\ufffd\ufffd", 13));            // overlong
  EXPECT_EQ(text_width("\xed\xa0\x80", 13), text_width("\ufffd\ufffd\ufffd", 13));  // surrogate
  EXPECT_EQ(text_width("a\nb", 13), text_width("a b", 13));
}

TEST_F(Text, IsShortenedToItsRoom) {
  EXPECT_EQ(fit_text("short", 13, 200), "short");
  const std::string fitted =
      fit_text("n\u00e4h\u00e4 \u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", 13, 60);
  EXPECT_LE(text_width(fitted, 13), 60);
  EXPECT_NE(fitted.find("\u2026"), std::string::npos);
  // The beginning and the end stay: frames end with a percentage.
  const std::string frame = fit_text("a very long name.png \u2192 another.png  40%", 13, 120);
  EXPECT_EQ(frame.substr(0, 3), "a v");
  EXPECT_EQ(frame.substr(frame.size() - 3), "40%");
  EXPECT_EQ(text_width(fitted, 13), text_width(fitted + "", 13));
  EXPECT_EQ(fitted.find("\ufffd"), std::string::npos);
  EXPECT_EQ(fit_text("long text", 13, 3), "");
}

TEST_F(Text, IsWrappedAtSpaces) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrap_text("one two three", 13, 1000), (Lines{"one two three"}));
  EXPECT_EQ(wrap_text("one two three", 13, text_width("one two", 13)), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap_text("one\ntwo", 13, 1000), (Lines{"one", "two"}));
  EXPECT_EQ(wrap_text("", 13, 10), (Lines{""}));
  for (const auto& line : wrap_text(std::string(90, 'W') + " b", 13, 100))
    EXPECT_LE(text_width(line, 13), 100);
}

// The box around all that is not background.  Returns {left, right, top, bottom}, or {-1, ...} if
// nothing is.
std::array<int64_t, 4> inked(const Picture& picture) {
  std::array<int64_t, 4> box{picture.width, -1, picture.height, -1};
  for (int64_t y = 0; y < picture.height; ++y) {
    for (int64_t x = 0; x < picture.width; ++x) {
      if (picture.at(x, y)[0] == 255) continue;
      box = {std::min(box[0], x), std::max(box[1], x), std::min(box[2], y), std::max(box[3], y)};
    }
  }
  return box;
}

TEST_F(Text, StaysWithinItsMeasures) {
  const std::string text = "Ag\u00c4j \u00c5\u00e7y";
  Picture picture(300, 60, 1, 255);
  draw_text(picture, 50, 20, text, 13, 0);
  const auto [left, right, top, bottom] = inked(picture);
  EXPECT_GE(left, 49);
  EXPECT_LE(right, 50 + text_width(text, 13));
  EXPECT_GE(top, 20);
  EXPECT_LE(bottom, 20 + text_height(13));
  EXPECT_GT(right - left, text_width(text, 13) * 8 / 10);
}

TEST_F(Text, OutsideThePictureIsLeftOut) {
  Picture picture(10, 10, 3, 255);
  draw_text(picture, -20, -5, "WWWWWWWW", 13, 0);
  draw_text(picture, 5, 8, "WWWWWWWW", 13, 0);
  EXPECT_GE(inked(picture)[1], 0);
}

}  // namespace
}  // namespace latent
