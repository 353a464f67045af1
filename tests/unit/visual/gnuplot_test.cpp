#include "visual/gnuplot.h"

#include <cmath>

#include "unit/expect.h"

namespace latent::visual {
namespace {

TEST(Gnuplot, QuotesTextSoThatNothingRuns) {
  EXPECT_EQ(quoted("it's `date` $HOME \"x\" \\n"), "'it''s `date` $HOME \"x\" \\n'");
  EXPECT_EQ(quoted("two\nlines\t"), "'two lines '");
  // Where gnuplot would take a doubled quote for the end.
  EXPECT_EQ(quoted("'a'"), "'\u2019a'''");
  EXPECT_EQ(quoted("a''b'''"), "'a''\u2019b''\u2019\u2019'");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-1e300), "-1e+300");
  EXPECT_EQ(number(NAN), "NaN");
  EXPECT_EQ(number(INFINITY), "NaN");
}

TEST(Gnuplot, TerminalFollowsTheExtension) {
  EXPECT_NE(terminal("a/b.png", 90, 60).find("set terminal pngcairo noenhanced size 90,60 "),
            std::string::npos);
  EXPECT_NE(terminal("b.svg", 90, 60).find("set terminal svg "), std::string::npos);
  expect_error([] { terminal("b.jpg", 90, 60); },
               "b.jpg: a chart cannot be written as this; expected .png or .svg");
}

}  // namespace
}  // namespace latent::visual
