#include "visual/scatter.h"

#include "core/random.h"
#include "core/system/file.h"
#include "unit/expect.h"
#include "visual/chart.h"
#include "visual/histograms.h"

namespace latent::visual {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

int count_of(const std::string& text, const std::string& what) {
  int count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

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
  scatter.values = at::full({4}, 2.0, at::kDouble);
  drawn(scatter);
  scatter.values = at::full({4}, kUnknown, at::kDouble);
  drawn(scatter);
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

TEST_F(ScatterChart, OnePlaceForAllIsStillAChart) {
  Scatter scatter = square();
  scatter.points = at::zeros({4, 2});
  drawn(scatter);
}

TEST_F(ScatterChart, PicturesStandAtTheirPlaces) {
  for (const auto& [channels, height, width] :
       {std::tuple{1, 28, 28}, {3, 64, 48}, {3, 218, 178}, {1, 1, 140}, {1, 3, 500}}) {
    Scatter scatter = square();
    scatter.thumbnails = at::rand({2, channels, height, width});
    scatter.thumbnail_points = scatter.points.narrow(0, 0, 2);
    EXPECT_EQ(count_of(drawn(scatter), "<image"), 2) << height << "x" << width;
  }
}

TEST(Scatter, PicturesDoNotTouch) {
  auto noise = generator(0, Stream::kSample);
  const Tensor points = at::rand({500, 2}, noise);
  const Tensor rows = thumbnail_rows({.points = points}, 28, 28, 500);
  EXPECT_GT(rows.numel(), 50);
  EXPECT_EQ(rows[0].item<int64_t>(), 0);
  const Tensor chosen = points.index_select(0, rows);
  const Tensor apart =
      (chosen.unsqueeze(1) - chosen.unsqueeze(0)).abs().amax(2) + at::eye(chosen.size(0));
  EXPECT_GE(apart.min().item<double>(), 56.0 / 680);  // of 680 pixels, each 2 * 28 wide
  EXPECT_EQ(thumbnail_rows({.points = points}, 28, 28, 3).numel(), 3);
  EXPECT_EQ(thumbnail_rows({.points = at::zeros({10, 2})}, 28, 28, 10).numel(), 1);
}

TEST_F(ScatterChart, HistogramsCarryTheirTitles) {
  auto noise = generator(0, Stream::kSample);
  std::vector<Histogram> histograms;
  for (int i = 0; i < 5; ++i) {
    histograms.push_back({.title = "KL " + std::to_string(i) + ".00 nats",
                          .label = "z" + std::to_string(i),
                          .values = at::randn({1000}, noise)});
  }
  histograms.push_back({.title = "constant", .label = "z5", .values = at::full({10}, 3.0)});
  for (const auto kind : {HistogramAxes::kOwn, HistogramAxes::kNormal, HistogramAxes::kLogShare}) {
    write_histograms(folder_ / "h.svg", "Latents", histograms, kind);
    const std::string svg = read_file(folder_ / "h.svg");
    const char* axis = kind == HistogramAxes::kLogShare ? ">share<" : ">density<";
    for (const char* text : {">Latents<", ">KL 0.00 nats<", ">KL 4.00 nats<", ">z5<", axis})
      EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace latent::visual
