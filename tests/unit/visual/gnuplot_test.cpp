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
  const auto terminal = [](const char* file, const Look& look) {
    return Canvas(file, look, 90, 60).terminal(60);
  };
  // 192 pixels an inch are two a unit.
  EXPECT_NE(terminal("a/b.png", {}).find("set terminal pngcairo noenhanced size 180,120 "),
            std::string::npos);
  EXPECT_NE(terminal("b.svg", {}).find("set terminal svg noenhanced size 90,60 "),
            std::string::npos);
  EXPECT_NE(terminal("b.pdf", {.dpi = 96}).find("pdfcairo noenhanced size 0.9375in,0.6250in "),
            std::string::npos);
  expect_error([&] { terminal("b.bmp", {}); },
               "b.bmp: a chart cannot be written as this; expected .png, .jpg, .svg or .pdf");
}

TEST(Gnuplot, CanvasGrowsAsAWhole) {
  // Twice as wide: twice as large text.
  const Canvas wide("a.png", {.width = 400}, 200, 100);
  EXPECT_EQ(wide.width(), 200);
  EXPECT_NE(wide.terminal(100).find("size 400,200 font 'DejaVu Sans,11' fontscale 2.0000"),
            std::string::npos);
  // Larger text alone: fewer units in the same picture.
  const Canvas loud("a.png", {.width = 400, .font_size = 22}, 200, 100);
  EXPECT_EQ(loud.width(), 100);
  EXPECT_NE(loud.terminal(50).find("size 400,200 font 'DejaVu Sans,11' fontscale 4.0000"),
            std::string::npos);
  // A width and a resolution: the text keeps its size on paper.
  const Canvas paper("a.png", {.width = 600, .dpi = 192}, 200, 100);
  EXPECT_EQ(paper.width(), 300);
  EXPECT_DOUBLE_EQ(paper.pixels_per_unit(), 2);
}

TEST(Gnuplot, CanvasFitsIntoABox) {
  // 200 x 100 units in 1920 x 1080 pixels: 9.6 pixels a unit, and 12.5 units of height to spare.
  const Canvas box("a.png", {.width = 1920, .height = 1080}, 200, 100);
  EXPECT_EQ(box.width(), 200);
  EXPECT_EQ(box.height_or(7), 113);
  EXPECT_NEAR(box.down(), 113, 1e-9);
  EXPECT_NE(box.terminal(113).find("size 1920,1080 font 'DejaVu Sans,11' fontscale 9.6000"),
            std::string::npos);
  // Of a square the height decides.
  const Canvas square("a.png", {.width = 1920, .height = 1080}, 100, 100);
  EXPECT_EQ(square.width(), 178);
  EXPECT_EQ(square.height_or(7), 100);
  // A height alone: as wide as the shape asks for.
  const Canvas high("a.png", {.height = 300}, 200, 100);
  EXPECT_EQ(high.width(), 200);
  EXPECT_NE(high.terminal(100).find("size 600,300 "), std::string::npos);
  // Without a height the chart chooses its own.
  EXPECT_EQ(Canvas("a.png", {.width = 400}, 200, 100).height_or(7), 7);
  // Larger text: fewer units in the same box, whose size stays exact.
  const Canvas loud("a.png", {.width = 1001, .height = 701, .font_size = 33}, 200, 100);
  EXPECT_EQ(loud.width(), 67);
  EXPECT_NE(loud.terminal(loud.height_or(7)).find("size 1001,701 "), std::string::npos);
}

TEST(Gnuplot, LinesOfATitleAreQuotedOneByOne) {
  EXPECT_EQ(quoted_lines({"it's", "`two`"}), "'it''s'.\"\\n\".'`two`'");
}

}  // namespace
}  // namespace latent::visual
