#include "visual/scatter.h"

#include <cstdlib>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/svg.h"
#include "visual/chart.h"

namespace latent::visual {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

class ScatterChart : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  }
  std::string drawn(const Scatter& scatter, const std::string& name = "x.svg") {
    write_scatter(folder_ / name, scatter);
    return read_file(folder_ / name);
  }
  TemporaryFolder folder_;
};

Scatter square() {
  return {.title = "Four images",
          .x_label = "z0",
          .y_label = "z1",
          .points = at::tensor({-1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0}).view({4, 2})};
}

TEST_F(ScatterChart, NamesAxesAndClasses) {
  Scatter scatter = square();
  scatter.values = at::tensor({0.0, 1.0, 1.0, kUnknown}, at::kDouble);
  scatter.classes = {"T-shirt/top", "Stövel's `date`"};
  scatter.legend = "label";
  const std::string svg = drawn(scatter);
  for (const char* text :
       {">Four images<", ">z0<", ">z1<", ">label<", ">T-shirt/top<", "`date`<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(drawn(scatter, "x.png").substr(0, 4), "\x89PNG");
}

TEST_F(ScatterChart, NumbersHaveAScale) {
  Scatter scatter = square();
  scatter.values = at::tensor({0.0, 10.0, 20.0, 30.0}, at::kDouble);
  scatter.legend = "angle";
  const std::string svg = drawn(scatter);
  EXPECT_NE(svg.find(">angle<"), std::string::npos);
  EXPECT_NE(svg.find("> 30<"), std::string::npos);
  for (const double constant : {2.0, kUnknown}) {
    scatter.values = at::full({4}, constant, at::kDouble);
    EXPECT_EQ(count_marks(drawn(scatter)), 4) << constant;
  }
}

TEST_F(ScatterChart, PanelsShareOneLegend) {
  Scatter left = square(), right = square();
  for (Scatter* each : {&left, &right}) {
    each->values = at::tensor({0.0, 1.0, 1.0, kUnknown}, at::kDouble);
    each->classes = {"boots", "bags"};
    each->legend = "label";
  }
  right.title = "The same";
  write_scatters(folder_ / "two.svg", {left, right});
  const std::string svg = read_file(folder_ / "two.svg");
  EXPECT_EQ(count_of(svg, ">Four images<"), 1);
  EXPECT_EQ(count_of(svg, ">The same<"), 1);
  EXPECT_EQ(count_of(svg, ">boots<"), 1);
  EXPECT_GE(count_of(svg, "<use "), 2 * 4);  // a mark for each point, and the legend's
}

TEST_F(ScatterChart, DrawsPointsThatCoincide) {
  Scatter scatter = square();
  scatter.points = at::zeros({4, 2});
  EXPECT_EQ(count_marks(drawn(scatter)), 4);
}

TEST_F(ScatterChart, DrawsEveryThumbnail) {
  for (const auto& [channels, height, width] :
       {std::tuple{1, 28, 28}, {3, 64, 48}, {3, 218, 178}, {1, 1, 140}, {1, 3, 500}}) {
    Scatter scatter = square();
    scatter.thumbnails = uniform({2, channels, height, width});
    scatter.thumbnail_points = scatter.points.narrow(0, 0, 2);
    EXPECT_EQ(count_of(drawn(scatter), "<image"), 2) << height << "x" << width;
  }
}

// The places of the round marks of an SVG, in its units.
std::vector<std::pair<double, double>> places_of(const std::string& svg) {
  std::vector<std::pair<double, double>> places;
  const std::string mark = "#gpPt6' transform='translate(";
  for (size_t at = svg.find(mark); at != std::string::npos; at = svg.find(mark, at + 1)) {
    const char* number = svg.c_str() + at + mark.size();
    char* end = nullptr;
    const double x = std::strtod(number, &end);
    places.emplace_back(x, std::strtod(end + 1, nullptr));
  }
  return places;
}

TEST_F(ScatterChart, MarksStandAtTheirPlaces) {
  Scatter scatter = square();
  scatter.marks = at::tensor({0.0, 0.0, 0.5, -1.0}).view({2, 2});
  scatter.marked = uniform({2, 1, 28, 28});
  const std::string svg = drawn(scatter);
  // Four points, then two marks drawn twice, an edge and a white middle.
  const auto places = places_of(svg);
  ASSERT_EQ(places.size(), 4 + 2 * 2);
  double left = 1e9, right = 0, top = 1e9, bottom = 0;
  for (size_t i = 0; i < 4; ++i) {
    left = std::min(left, places[i].first), right = std::max(right, places[i].first);
    top = std::min(top, places[i].second), bottom = std::max(bottom, places[i].second);
  }
  EXPECT_NEAR(places[4].first, (left + right) / 2, 0.5);
  EXPECT_NEAR(places[4].second, (top + bottom) / 2, 0.5);
  EXPECT_NEAR(places[5].first, left + 0.75 * (right - left), 0.5);
  EXPECT_NEAR(places[5].second, bottom, 0.5);
  EXPECT_EQ(count_of(svg, ">1<") + count_of(svg, "> 1<"), 1 + 2);  // a number, and on both axes
  EXPECT_EQ(count_of(svg, "<image"), 1);                           // the pictures beside the chart
}

TEST_F(ScatterChart, AGridFillsTheChart) {
  Scatter scatter = square();
  const Tensor points = grid_points(scatter, 2);
  // 3 % of the range beside the points: cells are 1.06 wide.
  expect_tensor_near(
      points,
      at::tensor({-0.53, 0.53, 0.53, 0.53, -0.53, -0.53, 0.53, -0.53}, at::kDouble).view({4, 2}),
      1e-9);
  scatter.background = uniform({4, 1, 28, 28});
  EXPECT_EQ(count_of(drawn(scatter), "<image"), 1);
  scatter.background = Tensor();
  scatter.thumbnails = uniform({4, 1, 28, 28});
  scatter.thumbnail_points = points;
  scatter.thumbnail_side = 2;
  EXPECT_EQ(count_of(drawn(scatter), "<image"), 4);
}

TEST_F(ScatterChart, StandsInTheMiddleOfABox) {
  write_scatter(folder_ / "box.svg", square(), {.width = 1600, .height = 900});
  const std::string svg = read_file(folder_ / "box.svg");
  EXPECT_NE(svg.find("width=\"1600\" height=\"900\""), std::string::npos);
  const auto places = places_of(svg);
  ASSERT_EQ(places.size(), 4U);
  double left = 1e9, right = 0, top = 1e9, bottom = 0;
  for (const auto& [x, y] : places) {
    left = std::min(left, x), right = std::max(right, x);
    top = std::min(top, y), bottom = std::max(bottom, y);
  }
  EXPECT_NEAR(right - left, bottom - top, 2) << "a square";
  EXPECT_GT(bottom - top, 650) << "as high as the box allows";
  EXPECT_NEAR((left + right) / 2, 800 + 50, 60) << "in the middle, but for the labels on the left";
}

TEST_F(ScatterChart, ManyPanelsStandInRows) {
  const std::vector<Scatter> panels(5, square());
  write_scatters(folder_ / "five.svg", panels, {.width = 1600, .height = 900});
  const auto places = places_of(read_file(folder_ / "five.svg"));
  ASSERT_EQ(places.size(), 5U * 4);
  EXPECT_LT(places[0].first, places[4].first) << "the second beside the first";
  EXPECT_NEAR(places[0].first, places[3 * 4].first, 700) << "the fourth in the second row";
  EXPECT_LT(places[0].second + 100, places[3 * 4].second);
}

TEST_F(ScatterChart, LargerTextShrinksTheChart) {
  write_scatter(folder_ / "a.svg", square(), {.width = 800});
  EXPECT_NE(read_file(folder_ / "a.svg").find("width=\"800\""), std::string::npos);
  expect_error([&] { write_scatter(folder_ / "b.svg", square(), {.width = 800, .font_size = 60}); },
               (folder_ / "b.svg").string() +
                   ": the text leaves no room for the chart; expected a smaller --font-size or "
                   "--dpi, or a larger --width");
}

TEST(Scatter, ThumbnailsDoNotTouch) {
  const Tensor points = uniform({500, 2}, 0);
  const Tensor rows = thumbnail_rows({.points = points}, 28, 28, 500);
  EXPECT_GT(rows.numel(), 50);
  EXPECT_EQ(rows[0].item<int64_t>(), 0);
  const Tensor chosen = points.index_select(0, rows);
  const Tensor apart =
      (chosen.unsqueeze(1) - chosen.unsqueeze(0)).abs().amax(2) + at::eye(chosen.size(0));
  EXPECT_GE(apart.min().item<double>(), 28.0 / 520);  // of 520 units, each 28 wide
  EXPECT_EQ(thumbnail_rows({.points = points}, 28, 28, 3).numel(), 3);
  EXPECT_EQ(thumbnail_rows({.points = at::zeros({10, 2})}, 28, 28, 10).numel(), 1);
}

}  // namespace
}  // namespace latent::visual
