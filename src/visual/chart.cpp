#include "visual/chart.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

// Units, see Canvas.
constexpr int64_t kPlotWidth = 640, kPlotHeight = 430;    // of a single chart without its legend
constexpr int64_t kSmallWidth = 260, kSmallHeight = 280;  // of one of several
constexpr int64_t kLeastPanel = 170;
constexpr int64_t kPanelsHead = 2 * kTitleTextUnits;  // above several charts
constexpr int64_t kLegendLine = 90, kWidestName = 230;
constexpr int64_t kTitleRoom = 60;  // beside a title: the labels of the y axis
constexpr size_t kChartColumns = 3;
constexpr size_t kFewPoints = 40;  // up to this number each point has a mark

// Puts tics at whole numbers along a short axis, where gnuplot would mark half epochs.
std::string whole_tics(const std::vector<Series>& series) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& each : series) {
    for (const double x : each.x) {
      if (x != std::floor(x)) return "set xtics autofreq\n";
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
  return high - low <= 12 ? "set xtics 1\n" : "set xtics autofreq\n";
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
    "set autoscale xfix\n"
    "set offsets graph 0.02, graph 0.02, graph 0.04, graph 0.02\n";

bool has_point(const Series& series) {
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (std::isfinite(series.x[i]) && std::isfinite(series.y[i])) return true;
  }
  return false;
}

std::string legend_name(const std::string& name) { return fit_text(name, kTextUnits, kWidestName); }

// Returns the numbers as a data block, in which gnuplot reads no commands.
std::string data_block(const std::string& name, const Series& series) {
  std::string block = fmt::format("${} << LATENT_END\n", name);
  for (size_t i = 0; i < series.x.size(); ++i) {
    block += number(series.x[i]) + " " + number(series.y[i]);
    if (!series.low.empty())
      block += fmt::format(" {} {}", number(series.low[i]), number(series.high[i]));
    block += "\n";
  }
  return block + "LATENT_END\n";
}

std::string plotted(const std::string& block, size_t index, const Series& series, bool legend) {
  const size_t colour = series.colour.value_or(index);
  const size_t dash = series.dashed ? 2 : colour / kLineColours + 1;
  const bool few = series.x.size() <= (series.dashed ? 1 : kFewPoints);
  const std::string text = fmt::format(
      "${} using 1:2 with {} linewidth 2 linecolor '{}' dashtype {}{} {}", block,
      few ? "linespoints" : "lines", hex(line_colour(colour)), dash,
      few ? " pointtype 7 pointsize 0.6" : "",
      legend && !series.name.empty() ? "title " + quoted(legend_name(series.name)) : "notitle");
  if (series.low.empty()) return text;
  return text + fmt::format(
                    ", ${} using 1:2:3:4 with yerrorbars linewidth 1.5 linecolor '{}' pointtype 7 "
                    "pointsize 0.6 notitle",
                    block, hex(line_colour(colour)));
}

std::string style_entries(const LineChart& chart) {
  std::string text;
  const auto add = [&](const std::string& name, int dash) {
    if (name.empty()) return;
    text +=
        fmt::format(", keyentry with lines linewidth 2 linecolor '#666666' dashtype {} title {}",
                    dash, quoted(name));
  };
  add(chart.solid_name, 1);
  add(chart.dashed_name, 2);
  return text;
}

int64_t legend_width(const LineChart& chart) {
  int64_t width = 0;
  std::vector<std::string> names{chart.solid_name, chart.dashed_name};
  for (const auto& series : chart.series)
    names.push_back(series.name);
  for (const auto& name : names)
    width = std::max(width, text_width(legend_name(name), kTextUnits));
  return width + kLegendLine;
}

// Returns the commands that draw a chart into the current place. Throws Error if there is nothing
// to draw.
std::string chart_commands(const std::filesystem::path& path, size_t panel, const LineChart& chart,
                           bool legend, int64_t width) {
  std::string blocks, plot;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    TORCH_CHECK(series.x.size() == series.y.size(), "chart: series ", series.name, " has ",
                series.x.size(), " x and ", series.y.size(), " y");
    if (!has_point(series)) continue;  // gnuplot would give up on the whole chart
    const std::string block = fmt::format("panel{}series{}", panel, i);
    blocks += data_block(block, series);
    plot += (plot.empty() ? "plot " : ", ") + plotted(block, i, series, legend);
  }
  if (plot.empty()) throw Error(path.string() + ": nothing to draw: no series has a finite point");
  if (legend) plot += style_entries(chart);
  const std::string own = value_tics(chart.series, chart.axis);
  return axes(chart.title, chart.x_label, chart.y_label, width) + kLook +
         (own.empty() ? whole_tics(chart.series) : own) + blocks + plot + "\n";
}

// Returns the legend of a chart as a plot without axes.
std::string legend_commands(const LineChart& chart) {
  std::string entries;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    if (series.name.empty()) continue;
    const size_t colour = series.colour.value_or(i);
    entries += fmt::format(", keyentry with lines linewidth 2 linecolor '{}' dashtype {} title {}",
                           hex(line_colour(colour)), series.dashed ? 2 : colour / kLineColours + 1,
                           quoted(legend_name(series.name)));
  }
  return "set key inside left top vertical Left reverse spacing 1.2\nunset title\nunset xlabel\n"
         "unset ylabel\nunset border\nunset tics\nunset grid\nset lmargin 0\nset rmargin 0\n"
         "set xrange [0:1]\nset yrange [0:1]\nplot -1 notitle" +
         entries + style_entries(chart) + "\n";
}

std::string place(double left, double bottom, double width, double height) {
  return fmt::format("set origin {:.6f},{:.6f}\nset size {:.6f},{:.6f}\n", left, bottom, width,
                     height);
}

/// The sizes of several charts together, in units.
struct Panels {
  int64_t columns, rows, legend;
  int64_t natural_width() const { return legend + columns * kSmallWidth; }
  int64_t natural_height() const { return kPanelsHead + rows * kSmallHeight; }
};

std::string panels_script(const std::filesystem::path& path, const std::string& title,
                          const std::vector<LineChart>& charts, const Panels& panels,
                          const Canvas& canvas) {
  const int64_t width = canvas.width();
  const int64_t height = canvas.height_or(
      kPanelsHead + canvas.shrunk(static_cast<double>(panels.rows * kSmallHeight)));
  const int64_t panel = (width - panels.legend) / panels.columns;
  expect_room(path, panel, kLeastPanel);
  const double across = static_cast<double>(panel) / static_cast<double>(width);
  const double below = 1 - static_cast<double>(kPanelsHead) / static_cast<double>(height);
  const double up = below / static_cast<double>(panels.rows);
  std::string script = canvas.terminal(height) + "unset key\nset multiplot title " +
                       quoted(fit_text(title, kTitleTextUnits, width - 40)) + " font ',13'\n";
  for (size_t i = 0; i < charts.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    const auto row = static_cast<double>(panels.rows - 1 - at / panels.columns);
    script += place(across * static_cast<double>(at % panels.columns), up * row, across, up) +
              chart_commands(path, i, charts[i], false, panel);
  }
  const double used = across * static_cast<double>(panels.columns);
  return script + place(used, 0, 1 - used, below) + legend_commands(charts.front()) +
         "unset multiplot\n";
}

}  // namespace

void write_line_chart(const std::filesystem::path& path, const std::string& title,
                      const std::string& x_label, const std::string& y_label,
                      const std::vector<Series>& series, const Look& look) {
  write_line_charts(path, title, {{"", x_label, y_label, series}}, look);
}

void write_line_charts(const std::filesystem::path& path, const std::string& title,
                       const std::vector<LineChart>& charts, const Look& look) {
  TORCH_CHECK(!charts.empty(), "line charts: none");
  const std::string& whole = look.title.empty() ? title : look.title;
  const auto count = static_cast<int64_t>(charts.size());
  Panels panels{.columns = std::min<int64_t>(count, kChartColumns),
                .rows = 0,
                .legend = legend_width(charts.front())};
  panels.rows = (count + panels.columns - 1) / panels.columns;
  if (count > 1) {
    const Canvas canvas(path, look, static_cast<double>(panels.natural_width()),
                        static_cast<double>(panels.natural_height()));
    run_gnuplot(panels_script(path, whole, charts, panels, canvas), path);
    return;
  }
  const Canvas canvas(path, look, static_cast<double>(kPlotWidth + panels.legend), kPlotHeight);
  LineChart chart = charts.front();
  chart.title = whole;
  const int64_t width = canvas.width();
  expect_room(path, width - panels.legend, kLeastPanel);
  run_gnuplot(canvas.terminal(canvas.height_or(canvas.shrunk(kPlotHeight))) +
                  "set key outside right top vertical Left reverse spacing 1.2\n" +
                  chart_commands(path, 0, chart, true, width - panels.legend - kTitleRoom),
              path);
}

}  // namespace latent::visual
