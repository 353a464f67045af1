#include "visual/histograms.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int64_t kMaxBins = 48;
constexpr int64_t kLeastBins = 12;
// Units, see Canvas.
constexpr int64_t kPanelWidth = 250, kPanelHeight = 200, kTitleMargin = 20;
constexpr int64_t kSmallPanelWidth = 96, kSmallPanelHeight = 96;
constexpr int64_t kWidePanel = 400, kTallPanel = 310;  // with numbers on both axes
constexpr int64_t kLeastWidth = 480;
constexpr size_t kHistogramColumns = 4;
constexpr double kLeastReach = 3.5;  // of the common axis, so that the normal curve is complete
constexpr double kNormalPeak = 0.3989422804;  // 1 / sqrt(2 pi)
constexpr double kHighestOfMiddle = 4, kRoomAbove = 1.05;
constexpr double kStepOfAxis = 0.6, kTicsEnd = 0.1;
constexpr double kTicInside = 0.3;   // of the axis, so that a number has room beside its end
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

/// The bars of a histogram.
struct Bars {
  double low = 0, width = 1;  // of the first bar
  std::vector<double> heights = {};

  double high() const { return low + width * static_cast<double>(heights.size()); }
};

// The bars of the values between both ends: their density, or the share of the values in each.
Bars bars_of(const Tensor& all, std::pair<double, double> range, bool share) {
  const Tensor values = all.to(at::kDouble);
  // Few values get few bins: many would show noise.
  const int64_t bins =
      std::clamp(static_cast<int64_t>(std::sqrt(values.numel())), kLeastBins, kMaxBins);
  Bars bars{.low = range.first, .width = (range.second - range.first) / static_cast<double>(bins)};
  const double scale = static_cast<double>(values.numel()) * (share ? 1.0 : bars.width);
  const Tensor heights = at::histc(values, bins, range.first, range.second) / scale;
  for (int64_t i = 0; i < bins; ++i)
    bars.heights.push_back(heights[i].item<double>());
  return bars;
}

std::string bars_block(size_t index, const Bars& bars) {
  std::string block = fmt::format("$histogram{} << LATENT_END\n", index);
  for (size_t i = 0; i < bars.heights.size(); ++i) {
    block += fmt::format("{} {}\n", number(bars.low + (static_cast<double>(i) + 0.5) * bars.width),
                         number(bars.heights[i]));
  }
  return block + "LATENT_END\n";
}

/// The size of a panel in units (see Canvas), and what it shows.
struct PanelLook {
  int64_t width, height;
  bool small;      // a number instead of a title, and no words on the axes
  double top = 1;  // of the y axis, the same for all
};

PanelLook panel_look(HistogramAxes kind, size_t count) {
  if (kind == HistogramAxes::kLogShare) return {kWidePanel, kTallPanel, false};
  if (count > kNamedPanels) return {kSmallPanelWidth, kSmallPanelHeight, true};
  return {kPanelWidth, kPanelHeight, false};
}

// A height that shows the bars of all panels, and the normal density where it is drawn. A latent
// that hardly varies has one bar as high as its axis is narrow, and would press down all others: it
// may be cut off.
double common_top(const std::vector<Bars>& all, HistogramAxes kind) {
  std::vector<double> peaks;
  for (const auto& bars : all)
    peaks.push_back(*std::max_element(bars.heights.begin(), bars.heights.end()));
  std::sort(peaks.begin(), peaks.end());
  const double middle = peaks[peaks.size() / 2];
  const double normal = kind == HistogramAxes::kNormal ? kNormalPeak : 0;
  const double top = std::max(std::min(peaks.back(), kHighestOfMiddle * middle), normal);
  return kRoomAbove * (top > 0 ? top : 1);
}

// 1, 2 or 5 times a power of ten: the largest that is not above `most`.
double round_step(double most) {
  const double power = std::pow(10, std::floor(std::log10(most)));
  const double times = most / power;
  return power * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
}

// A scale of few numbers: of a common axis about its ends and its middle, else round ones that are
// not too near the right end, where the next panel begins.
std::string scale_tics(const Bars& bars, HistogramAxes kind) {
  if (kind == HistogramAxes::kNormal) {
    const double end = std::floor(bars.high() - kTicInside);
    return fmt::format("set xtics (-{0}, 0, {0})\n", number(end));
  }
  const double length = bars.high() - bars.low, step = round_step(kStepOfAxis * length);
  return fmt::format("set xtics {}, {}, {}\n", number(std::ceil(bars.low / step) * step),
                     number(step), number(bars.high() - kTicsEnd * length));
}

std::string small_panel(const Histogram& histogram, const Bars& bars, HistogramAxes kind) {
  return axes(histogram.label, "", "", kSmallPanelWidth) + scale_tics(bars, kind) +
         "set format x '%g'\nset xtics offset 0,0.5 scale 0.4 font ',9'\nunset ytics\nunset grid\n"
         "set lmargin 0.6\nset rmargin 0.6\nset bmargin 1.2\nset tmargin 1.5\n"
         "set border 1 linecolor '#444444'\nset title font ',11' offset 0,-0.8\n";
}

std::string large_panel(const Histogram& histogram, HistogramAxes kind, const PanelLook& look) {
  const char* heights = kind == HistogramAxes::kNormal ? "density" : "share";
  const std::string script =
      axes(fit_text(histogram.title, kTextUnits, look.width - kTitleMargin), histogram.label,
           heights, look.width) +
      "set title font ',11'\nset xlabel " +
      quoted_lines(wrap_text(histogram.label, kTextUnits, look.width - kTitleMargin)) + "\n";
  return kind == HistogramAxes::kLogShare ? script + "set logscale y\nset format y '%g'\n"
                                          : script + "unset ytics\n";
}

std::string panel(size_t index, const Histogram& histogram, const Bars& bars, HistogramAxes kind,
                  const PanelLook& look) {
  std::string script =
      look.small ? small_panel(histogram, bars, kind) : large_panel(histogram, kind, look);
  script += kind == HistogramAxes::kLogShare ? "set yrange [1e-6:1]\n"
                                             : fmt::format("set yrange [0:{}]\n", number(look.top));
  script += fmt::format("set xrange [{}:{}]\n", number(bars.low), number(bars.high()));
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

std::vector<std::string> title_lines_of(const std::string& text, int64_t width) {
  return wrap_text(text, kTitleTextUnits, width - 2 * kTitleMargin);
}

// The units above the panels.
int64_t head_of(const std::string& text, int64_t width) {
  return static_cast<int64_t>(title_lines_of(text, width).size() + 1) * kTitleTextUnits;
}

// The bars of all: on the axes that they share, or each on its own.
std::vector<Bars> all_bars(const std::vector<Histogram>& histograms, HistogramAxes kind) {
  const auto common =
      kind == HistogramAxes::kLogShare ? whole_range(histograms) : common_range(histograms);
  std::vector<Bars> all;
  for (const auto& histogram : histograms) {
    all.push_back(bars_of(histogram.values,
                          kind == HistogramAxes::kOwn ? range_of(histogram.values) : common,
                          kind != HistogramAxes::kNormal));
  }
  return all;
}

}  // namespace

void write_histograms(const std::filesystem::path& path, const std::string& title,
                      const std::vector<Histogram>& histograms, HistogramAxes kind,
                      const Look& look) {
  TORCH_CHECK(!histograms.empty(), "histograms: none");
  PanelLook one = panel_look(kind, histograms.size());
  const size_t columns = column_count(histograms.size(), one, look);
  const auto rows = static_cast<int64_t>((histograms.size() + columns - 1) / columns);
  const std::string& text = look.title.empty() ? title : look.title;
  const int64_t natural = std::max(kLeastWidth, one.width * static_cast<int64_t>(columns));
  const auto panels_height = static_cast<double>(one.height * rows);
  const Canvas canvas(path, look, static_cast<double>(natural),
                      static_cast<double>(head_of(text, natural)) + panels_height);
  one.width = canvas.width() / static_cast<int64_t>(columns);
  const int64_t head = head_of(text, canvas.width());
  std::string script = canvas.terminal(canvas.height_or(head + canvas.shrunk(panels_height)));
  const std::vector<Bars> bars = all_bars(histograms, kind);
  one.top = common_top(bars, kind);
  std::string panels;
  for (size_t i = 0; i < histograms.size(); ++i) {
    script += bars_block(i, bars[i]);
    panels += panel(i, histograms[i], bars[i], kind, one);
  }
  script += fmt::format(
      "set samples 200\nset multiplot layout {},{} title {} font ',13'\n", rows, columns,
      quoted_lines(title_lines_of(text, canvas.width())) + (one.small ? ".\"\\n\"" : ""));
  run_gnuplot(script + panels + "unset multiplot\n", path);
}

}  // namespace latent::visual
