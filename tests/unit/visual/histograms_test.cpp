#include "visual/histograms.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "visual/chart.h"

namespace latent::visual {
namespace {

TEST(Histograms, CarryTheirTitles) {
  if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  const TemporaryFolder folder;
  std::vector<Histogram> histograms;
  for (int i = 0; i < 5; ++i) {
    histograms.push_back({.title = "KL " + std::to_string(i) + ".00 nats",
                          .label = "z" + std::to_string(i),
                          .values = normal({1000}, static_cast<uint64_t>(i))});
  }
  histograms.push_back({.title = "constant", .label = "z5", .values = at::full({10}, 3.0)});
  for (const auto kind : {HistogramAxes::kOwn, HistogramAxes::kNormal, HistogramAxes::kLogShare}) {
    write_histograms(folder / "h.svg", "Latents", histograms, kind);
    const std::string svg = read_file(folder / "h.svg");
    const char* axis = kind == HistogramAxes::kLogShare ? ">share<" : ">density<";
    for (const char* text : {">Latents<", ">KL 0.00 nats<", ">KL 4.00 nats<", ">z5<", axis})
      EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace latent::visual
