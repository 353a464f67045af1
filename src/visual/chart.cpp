#include "visual/chart.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int kWidth = 900, kHeight = 540;
constexpr size_t kFewPoints = 40;  // up to this number each point has a mark

// Puts tics at whole numbers along a short axis, where gnuplot would mark half epochs.
std::string whole_tics(const std::vector<Series>& series) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& each : series) {
    for (const double x : each.x) {
      if (x != std::floor(x)) return "";
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
  return high - low <= 12 ? "set xtics 1\n" : "";
}

// Tics at the values themselves: on a logarithmic axis those of gnuplot would be powers of ten.
std::string value_tics(const std::vector<Series>& series, const ChartAxis& axis) {
  std::string tics;
  const auto add = [&](const std::string& label, double x) {
    tics += (tics.empty() ? "set xtics (" : ", ") + quoted(label) + " " + number(x);
  };
  for (size_t i = 0; i < axis.names.size(); ++i)
    add(axis.names[i], static_cast<double>(i));
  if (axis.names.empty()) {
    std::set<double> values;
    for (const auto& each : series)
      values.insert(each.x.begin(), each.x.end());
    if (!axis.logarithmic || values.size() > kFewPoints)
      return axis.logarithmic ? "set logscale x\n" : "";
    for (const double x : values)
      add(fmt::format("{:g}", x), x);
  }
  return (axis.logarithmic ? "set logscale x\n" : "") + tics + ")\n";
}

// No empty range up to the next round number, and a small margin above and beside the lines.
constexpr const char* kLook =
    "set key outside right top vertical Left reverse spacing 1.2\n"
    "set autoscale xfix\n"
    "set offsets graph 0.02, graph 0.02, graph 0.04, graph 0.02\n";

bool has_point(const Series& series) {
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (std::isfinite(series.x[i]) && std::isfinite(series.y[i])) return true;
  }
  return false;
}

// Returns the numbers as a data block, in which gnuplot reads no commands.
std::string data_block(size_t index, const Series& series) {
  std::string block = fmt::format("$series{} << LATENT_END\n", index);
  for (size_t i = 0; i < series.x.size(); ++i) {
    block += number(series.x[i]) + " " + number(series.y[i]);
    if (!series.low.empty())
      block += fmt::format(" {} {}", number(series.low[i]), number(series.high[i]));
    block += "\n";
  }
  return block + "LATENT_END\n";
}

std::string plotted(size_t index, const Series& series) {
  const size_t colour = series.colour.value_or(index);
  const size_t dash = series.dashed ? 2 : colour / kLineColours + 1;
  const bool few = series.x.size() <= kFewPoints;
  std::string text =
      fmt::format("$series{} using 1:2 with {} linewidth 2 linecolor '{}' dashtype {}{} title {}",
                  index, few ? "linespoints" : "lines", hex(line_colour(colour)), dash,
                  few ? " pointtype 7 pointsize 0.6" : "", quoted(series.name));
  if (series.low.empty()) return text;
  return text + fmt::format(
                    ", $series{} using 1:2:3:4 with yerrorbars linewidth 1.5 linecolor "
                    "'{}' pointtype 7 pointsize 0.6 notitle",
                    index, hex(line_colour(colour)));
}

}  // namespace

void write_line_chart(const std::filesystem::path& path, const std::string& title,
                      const std::string& x_label, const std::string& y_label,
                      const std::vector<Series>& series, const ChartAxis& axis) {
  const std::string own = value_tics(series, axis);
  std::string script = terminal(path, kWidth, kHeight) + axes(title, x_label, y_label) + kLook +
                       (own.empty() ? whole_tics(series) : own);
  std::string plot;
  for (size_t i = 0; i < series.size(); ++i) {
    TORCH_CHECK(series[i].x.size() == series[i].y.size(), "chart: series ", series[i].name, " has ",
                series[i].x.size(), " x and ", series[i].y.size(), " y");
    if (!has_point(series[i])) continue;  // gnuplot would give up on the whole chart
    script += data_block(i, series[i]);
    plot += (plot.empty() ? "plot " : ", ") + plotted(i, series[i]);
  }
  if (plot.empty()) throw Error(path.string() + ": nothing to draw: no series has a finite point");
  run_gnuplot(script + plot + "\n", path);
}

}  // namespace latent::visual
