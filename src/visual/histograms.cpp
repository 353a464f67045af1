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
// Units, see Canvas.
constexpr int64_t kPanelWidth = 250, kPanelHeight = 200, kTitleMargin = 20;
constexpr int64_t kSmallPanelWidth = 96, kSmallPanelHeight = 90;
constexpr int64_t kWidePanel = 400, kTallPanel = 310;  // with numbers on both axes
constexpr int64_t kLeastWidth = 480;
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

/// The size of a panel in units (see Canvas), and what it shows.
struct PanelLook {
  int64_t width, height;
  bool small;  // a number instead of a title, and no words on the axes
};

PanelLook panel_look(HistogramAxes kind, size_t count) {
  if (kind == HistogramAxes::kLogShare) return {kWidePanel, kTallPanel, false};
  if (count > kNamedPanels) return {kSmallPanelWidth, kSmallPanelHeight, true};
  return {kPanelWidth, kPanelHeight, false};
}

std::string small_panel(const Histogram& histogram) {
  return axes(histogram.label, "", "", kSmallPanelWidth) +
         "unset ytics\nunset xtics\nset format x ''\nunset grid\nset lmargin 0.6\nset rmargin 0.6\n"
         "set bmargin 0.5\nset tmargin 1.7\nset yrange [0:*]\nset border 1 linecolor '#444444'\n"
         "set title font ',11' offset 0,-0.7\n";
}

std::string panel(size_t index, const Histogram& histogram, std::pair<double, double> range,
                  HistogramAxes kind, const PanelLook& look) {
  const auto [low, high] = range;
  const bool share = kind == HistogramAxes::kLogShare;
  std::string script;
  if (look.small) {
    script = small_panel(histogram);
  } else {
    script = axes(fit_text(histogram.title, kTextUnits, look.width - kTitleMargin), histogram.label,
                  share ? "share" : "density", look.width) +
             "set title font ',11'\n" +
             (share ? "set logscale y\nset format y '%g'\nset yrange [1e-6:1]\n"
                    : "unset ytics\nset yrange [0:*]\n");
  }
  script += fmt::format("set xrange [{}:{}]\n", number(low), number(high));
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

// As many columns as make a chart of the shape of a slide.
size_t column_count(size_t count, const PanelLook& panel, const Look& look) {
  if (look.columns > 0) return std::min(count, static_cast<size_t>(look.columns));
  if (!panel.small) return std::min(count, kHistogramColumns);
  const double shape =
      16.0 / 9 * static_cast<double>(panel.height) / static_cast<double>(panel.width);
  const auto side = std::ceil(std::sqrt(static_cast<double>(count) * shape));
  return std::min(count, static_cast<size_t>(side));
}

}  // namespace

void write_histograms(const std::filesystem::path& path, const std::string& title,
                      const std::vector<Histogram>& histograms, HistogramAxes kind,
                      const Look& look) {
  TORCH_CHECK(!histograms.empty(), "histograms: none");
  const bool share = kind == HistogramAxes::kLogShare;
  PanelLook one = panel_look(kind, histograms.size());
  const size_t columns = column_count(histograms.size(), one, look);
  const auto rows = static_cast<int64_t>((histograms.size() + columns - 1) / columns);
  const Canvas canvas(
      path, look,
      static_cast<double>(std::max(kLeastWidth, one.width * static_cast<int64_t>(columns))));
  one.width = canvas.width() / static_cast<int64_t>(columns);
  const auto lines = wrap_text(look.title.empty() ? title : look.title, kTitleTextUnits,
                               canvas.width() - 2 * kTitleMargin);
  const auto head = static_cast<int64_t>(lines.size() + 1) * kTitleTextUnits;
  const auto height = head + canvas.shrunk(static_cast<double>(one.height * rows));
  std::string script = canvas.terminal(canvas.width(), height);
  const auto common = share ? whole_range(histograms) : common_range(histograms);
  std::string panels;
  for (size_t i = 0; i < histograms.size(); ++i) {
    const auto range = kind == HistogramAxes::kOwn ? range_of(histograms[i].values) : common;
    script += histogram_block(i, histograms[i], range.first, range.second, share);
    panels += panel(i, histograms[i], range, kind, one);
  }
  script += fmt::format("set samples 200\nset multiplot layout {},{} title {} font ',13'\n", rows,
                        columns, quoted_lines(lines));
  run_gnuplot(script + panels + "unset multiplot\n", path);
}

}  // namespace latent::visual
