#include "visual/chart.h"

#include <cmath>
#include <cstdlib>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/svg.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

/// Sets $PATH while it lives.
class PathIs {
 public:
  explicit PathIs(const std::string& value) : before_(std::getenv("PATH")) {
    ::setenv("PATH", value.c_str(), 1);
  }
  ~PathIs() { ::setenv("PATH", before_.c_str(), 1); }
  PathIs(const PathIs&) = delete;
  PathIs& operator=(const PathIs&) = delete;

 private:
  std::string before_;
};

class Chart : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  }
  std::string drawn(const std::string& name, const std::string& text, std::vector<Series> series) {
    write_line_chart(folder_ / name, text, text, text, series);
    return read_file(folder_ / name);
  }
  TemporaryFolder folder_;
};

const std::vector<Series> kLines = {{"train", {1, 2, 3}, {3, 2, 1.5}},
                                    {"validation", {1, 2, 3}, {3.1, 2.4, 2.2}}};

TEST_F(Chart, WritesPngAndSvg) {
  const std::string png = drawn("a/loss.png", "Loss", kLines);
  EXPECT_EQ(png.substr(0, 4), "\x89PNG");
  EXPECT_EQ(png.substr(png.size() - 8, 4), "IEND");
  const std::string svg = drawn("loss.svg", "Loss", kLines);
  EXPECT_NE(svg.find("</svg>"), std::string::npos);
  for (const char* text : {">Loss<", ">train<", ">validation<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  // One file each: no temporary one is left.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2);
}

TEST_F(Chart, DrawsHostileTextAsItIs) {
  const std::string trap = (folder_ / "trap").string();
  const std::string text =
      "it's `touch " + trap + "` \"; system 'touch " + trap + "' _{x}^2 {/Bold y}";
  const std::string svg =
      drawn("x.svg", text, {{text + "\nset output '/dev/null'", {1, 2}, {1, 2}}});
  EXPECT_FALSE(std::filesystem::exists(trap));
  EXPECT_NE(svg.find("it's `touch"), std::string::npos);
  EXPECT_NE(svg.find("_{x}^2 {/Bold y}"), std::string::npos);
}

// A mark for each finite point, and one in the legend.
TEST_F(Chart, SkipsWhatIsNotFinite) {
  const std::string svg = drawn("x.svg", "t",
                                {{"gap", {1, 2, 3, 4}, {1, NAN, INFINITY, 2}},
                                 {"none", {1, 2}, {NAN, NAN}},
                                 {"empty", {}, {}}});
  EXPECT_EQ(count_marks(svg), 2 + 1);
  EXPECT_EQ(count_of(svg, ">gap<"), 1);
  EXPECT_EQ(count_of(svg, ">none<") + count_of(svg, ">empty<"), 0);
  EXPECT_EQ(count_marks(drawn("y.svg", "t", {{"one point", {1}, {5}}})), 1 + 1);
  EXPECT_EQ(count_marks(drawn("z.svg", "t", {{"constant", {1, 2, 3}, {0, 0, 0}}})), 3 + 1);
}

TEST_F(Chart, WritesPdf) { EXPECT_EQ(drawn("x.pdf", "t", kLines).substr(0, 5), "%PDF-"); }

TEST_F(Chart, ChartsBesideEachOtherShareOneLegend) {
  const std::vector<LineChart> charts{{"loss", "epoch", "nats", kLines, "validation", "training"},
                                      {"kl", "epoch", "nats", kLines}};
  write_line_charts(folder_ / "x.svg", "Losses by term", charts);
  const std::string svg = read_file(folder_ / "x.svg");
  for (const char* text : {">Losses by term<", ">loss<", ">kl<", ">train<", ">training<"})
    EXPECT_EQ(count_of(svg, text), 1) << text;
  EXPECT_EQ(count_of(svg, ">epoch<"), 2);
}

TEST_F(Chart, LinesWithoutANameAreNotInTheLegend) {
  write_line_charts(folder_ / "x.svg", "t",
                    {{"", "epoch", "nats", {{"run", {1, 2}, {1, 2}}, {"", {1, 2}, {2, 1}}}}});
  const std::string svg = read_file(folder_ / "x.svg");
  EXPECT_EQ(count_of(svg, ">run<"), 1);
  EXPECT_EQ(count_of(svg, "<g id=\"gnuplot_plot_"), 2);
}

TEST_F(Chart, TakesManySeries) {
  std::vector<Series> series;
  for (int i = 0; i < 20; ++i)
    series.push_back({"series " + std::to_string(i), {0, 1}, {0, double(i)}});
  EXPECT_NE(drawn("x.svg", "t", series).find(">series 19<"), std::string::npos);
}

TEST_F(Chart, NamesFileAndReason) {
  const std::string file = (folder_ / "x.svg").string();
  expect_error(
      [&] {
        drawn("x.svg", "t", {{"none", {1}, {NAN}}});
      },
      file + ": nothing to draw: no series has a finite point");
  expect_error([&] { drawn("x.bmp", "t", kLines); },
               (folder_ / "x.bmp").string() +
                   ": a chart cannot be written as this; expected .png, .jpg, .svg or .pdf");
  expect_error([&] { run_gnuplot("set terminal svg\nplto 1\n", file); },
               file + ": gnuplot drew nothing: line 0: invalid command");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Chart, NamesThePackageIfThereIsNoGnuplot) {
  const PathIs nowhere(folder_.path().string());
  EXPECT_FALSE(can_chart());
  expect_error([&] { drawn("x.svg", "t", kLines); },
               (folder_ / "x.svg").string() +
                   ": gnuplot is not on the PATH; install gnuplot-nox to draw charts");
}

}  // namespace
}  // namespace latent::visual
