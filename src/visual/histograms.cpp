#include "visual/histograms.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int64_t kMaxBins = 48;
constexpr int64_t kLeastBins = 12;
constexpr int kPanelWidth = 300, kPanelHeight = 230, kTitleHeight = 50;
constexpr int64_t kTitleTextSize = 15, kTitleMargin = 20;
constexpr int kWidePanel = 420, kTallPanel = 320;  // with numbers on both axes
constexpr size_t kHistogramColumns = 4;
constexpr double kLeastReach = 3.5;  // of the common axis, so that the normal curve is complete
constexpr double kOutliers = 0.001;  // share of the values beyond either end of an axis

std::pair<double, double> range_of(const Tensor& values) {
  const Tensor ends =
      at::quantile(values.to(at::kDouble), at::tensor({kOutliers, 1 - kOutliers}, at::kDouble));
  const auto low = ends[0].item<double>(), high = ends[1].item<double>();
  if (high > low) return {low, high};
  return {low - 0.5, low + 0.5};
}

// Returns the axis that all histograms share: symmetric about 0 and wide enough for the widest.
std::pair<double, double> common_range(const std::vector<Histogram>& histograms) {
  double reach = kLeastReach;
  for (const auto& histogram : histograms) {
    const auto [low, high] = range_of(histogram.values);
    reach = std::max({reach, -low, high});
  }
  return {-reach, reach};
}

// Returns the range from the smallest to the largest value of all, including outliers.
std::pair<double, double> whole_range(const std::vector<Histogram>& histograms) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& histogram : histograms) {
    low = std::min(low, histogram.values.min().item<double>());
    high = std::max(high, histogram.values.max().item<double>());
  }
  return high > low ? std::pair(low, high) : std::pair(low - 0.5, low + 0.5);
}

std::string histogram_block(size_t index, const Histogram& histogram, double low, double high,
                            bool share) {
  const Tensor values = histogram.values.to(at::kDouble);
  // Few values get few bins: many would show noise.
  const int64_t bins =
      std::clamp(static_cast<int64_t>(std::sqrt(values.numel())), kLeastBins, kMaxBins);
  const double width = (high - low) / static_cast<double>(bins);
  const Tensor counts = at::histc(values, bins, low, high);
  const Tensor density = counts / (static_cast<double>(values.numel()) * (share ? 1.0 : width));
  std::string block = fmt::format("$histogram{} << LATENT_END\n", index);
  for (int64_t i = 0; i < bins; ++i) {
    block += fmt::format("{} {}\n", number(low + (static_cast<double>(i) + 0.5) * width),
                         number(density[i].item<double>()));
  }
  return block + "LATENT_END\n";
}

std::string panel(size_t index, const Histogram& histogram, std::pair<double, double> range,
                  HistogramAxes kind) {
  const auto [low, high] = range;
  const bool share = kind == HistogramAxes::kLogShare;
  const int64_t width = (share ? kWidePanel : kPanelWidth) - kTitleMargin;
  std::string script = axes(fit_text(histogram.title, kTitleTextSize, width), histogram.label,
                            share ? "share" : "density");
  script += fmt::format("set title font ',11'\nset xrange [{}:{}]\n", number(low), number(high));
  script += share ? "set logscale y\nset format y '%g'\nset yrange [1e-6:1]\n"
                  : "unset ytics\nset yrange [0:*]\n";
  script += fmt::format(
      "plot $histogram{} using 1:2 with boxes fill solid 0.6 noborder linecolor rgb '{}' notitle",
      index, hex(line_colour(5)));
  if (kind == HistogramAxes::kNormal) {
    script += fmt::format(
        ", exp(-0.5 * x**2) / sqrt(2 * pi) with lines linewidth 2 linecolor rgb '{}' notitle",
        hex(line_colour(1)));
  }
  return script + "\n";
}

}  // namespace

void write_histograms(const std::filesystem::path& path, const std::string& title,
                      const std::vector<Histogram>& histograms, HistogramAxes kind) {
  TORCH_CHECK(!histograms.empty(), "histograms: none");
  const bool share = kind == HistogramAxes::kLogShare;
  const int panel_width = share ? kWidePanel : kPanelWidth;
  const size_t columns = std::min(histograms.size(), kHistogramColumns);
  const size_t rows = (histograms.size() + columns - 1) / columns;
  std::string script =
      terminal(path, std::max<int>(480, panel_width * static_cast<int>(columns)),
               kTitleHeight + (share ? kTallPanel : kPanelHeight) * static_cast<int>(rows));
  const auto common = share ? whole_range(histograms) : common_range(histograms);
  std::string panels;
  for (size_t i = 0; i < histograms.size(); ++i) {
    const auto range = kind == HistogramAxes::kOwn ? range_of(histograms[i].values) : common;
    script += histogram_block(i, histograms[i], range.first, range.second, share);
    panels += panel(i, histograms[i], range, kind);
  }
  script += fmt::format("set samples 200\nset multiplot layout {},{} title {} font ',13'\n", rows,
                        columns, quoted(title));
  run_gnuplot(script + panels + "unset multiplot\n", path);
}

}  // namespace latent::visual
