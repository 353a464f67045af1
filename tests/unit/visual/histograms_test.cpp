#include "visual/histograms.h"

#include <spdlog/fmt/fmt.h>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/svg.h"
#include "visual/chart.h"

namespace latent::visual {
namespace {

TEST(Histograms, CarryTheirTitles) {
  if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  const TemporaryFolder folder;
  std::vector<Histogram> histograms;
  for (int i = 0; i < 5; ++i) {
    histograms.push_back({.title = fmt::format("KL {}.00 nats", i),
                          .label = fmt::format("z{}", i),
                          .values = normal({1000}, static_cast<uint64_t>(i))});
  }
  histograms.push_back({.title = "constant", .label = "z5", .values = at::full({10}, 3.0)});
  for (const auto kind : {HistogramAxes::kOwn, HistogramAxes::kNormal, HistogramAxes::kLogShare}) {
    write_histograms(folder / "h.svg", "Latents", histograms, kind);
    const std::string svg = read_file(folder / "h.svg");
    const char* axis = kind == HistogramAxes::kNormal ? ">density<" : ">share<";
    for (const char* text : {">Latents<", ">KL 0.00 nats<", ">KL 4.00 nats<", ">z5<", axis})
      EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

TEST(Histograms, SmallPanelsHaveAScaleOfNumbers) {
  if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  const TemporaryFolder folder;
  std::vector<Histogram> histograms;
  for (int i = 0; i < 50; ++i) {
    histograms.push_back({.title = "",
                          .label = fmt::format("z{}", i),
                          .values = normal({400}, static_cast<uint64_t>(i))});
  }
  write_histograms(folder / "h.svg", "Latents", histograms, HistogramAxes::kNormal);
  const std::string svg = read_file(folder / "h.svg");
  EXPECT_EQ(count_of(svg, ">z49<"), 1);
  for (const char* number : {">-3<", ">0<", ">3<"})
    EXPECT_EQ(count_of(svg, number), 50) << number;
  write_histograms(folder / "own.svg", "Codes", histograms, HistogramAxes::kOwn);
  // From about -3 to 3 in steps of 2.
  const std::string own = read_file(folder / "own.svg");
  for (const char* number : {">-2<", ">0<", ">2<"})
    EXPECT_GE(count_of(own, number), 40) << number;
}

}  // namespace
}  // namespace latent::visual
