// Line charts: series over a common axis, written as files by gnuplot.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "visual/look.h"

namespace latent::visual {

/// One line of a chart.
struct Series {
  std::string name;  // "": not in the legend
  std::vector<double> x;
  std::vector<double> y;
  std::optional<size_t> colour = {};  // index of its colour, which lines may share; else its number
  bool dashed = false;
  std::vector<double> low = {}, high = {};  // the ends of an error bar at each point, or none
};

/// How the x axis is drawn.
struct ChartAxis {
  bool logarithmic = false;
  std::vector<std::string> names = {};  // of x = 0, 1, ..., instead of numbers
};

/// A chart of lines; without a title, axes and series an empty one.
struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  /// Names of solid and of dashed lines, in grey below the series' names; or none.
  std::string solid_name = {}, dashed_name = {};
  ChartAxis axis = {};
};

/// Returns true if gnuplot is on the PATH.
bool can_chart();

/// Draws lines over a common x axis and writes PNG, SVG or PDF by the file's extension, atomically.
/// Throws Error naming the package to install if gnuplot is missing, or with gnuplot's own message.
void write_line_chart(const std::filesystem::path& path, const std::string& title,
                      const std::string& x_label, const std::string& y_label,
                      const std::vector<Series>& series, const Look& look = {});

/// Draws charts side by side in rows of at most three, with one legend, that of the first.
/// title: above all; "" for none.  Throws Error as write_line_chart does.
void write_line_charts(const std::filesystem::path& path, const std::string& title,
                       const std::vector<LineChart>& charts, const Look& look = {});

}  // namespace latent::visual
