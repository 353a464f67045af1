// Names that look the same become the same.
#include "core/text/normal_form.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Folded, CaseAndAccentsOfLatinLetters) {
  EXPECT_EQ(folded("IMG_01.PNG"), "img_01.png");
  EXPECT_EQ(folded("bl\u00e5b\u00e6r"), "bla\u030ab\u00e6r");
  EXPECT_EQ(folded("bla\u030ab\u00e6r"), "bla\u030ab\u00e6r");
  EXPECT_EQ(folded("\u00c5\u00c6\u00d8"), "a\u030a\u00e6\u00f8");
  EXPECT_EQ(folded("\u00fc"), folded("U\u0308"));
  EXPECT_EQ(folded("\u0142\u00df"), "\u0142\u00df") << "letters that have no mark stay";
}

TEST(Folded, LettersWithTwoMarks) {
  // U+1EAD is a with a circumflex above and a dot below; the dot comes first.
  EXPECT_EQ(folded("\u1ead"), "a\u0323\u0302");
  EXPECT_EQ(folded("\u01d8"), "u\u0308\u0301");
  EXPECT_EQ(folded("\u1ec7"), folded("e\u0323\u0302"));
}

TEST(Folded, OtherScripts) {
  EXPECT_EQ(folded("\u0391\u0386\u03a9"), "\u03b1\u03b1\u0301\u03c9");
  EXPECT_EQ(folded("\u0419\u0401\u0416"), "\u0438\u0306\u0435\u0308\u0436");
  EXPECT_EQ(folded("\u304c\u30d1"), "\u304b\u3099\u30cf\u309a");
  // Korean "han" is h, a and n; "ga" is g and a.
  EXPECT_EQ(folded("\ud55c\uac00"), "\u1112\u1161\u11ab\u1100\u1161");
}

TEST(Folded, MalformedBytesAndControlsStay) {
  EXPECT_EQ(folded("a\xe5\nB"), "a\xe5\nb");
  EXPECT_NE(folded("\xe5"), folded("\xe4"));
  EXPECT_EQ(folded("\U0001f989"), "\U0001f989");
  EXPECT_EQ(folded(""), "");
}

}  // namespace
}  // namespace latent
