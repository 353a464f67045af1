// Line charts, drawn by gnuplot, which is found on the PATH at run time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace latent::visual {

/// One line of a chart.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  std::optional<size_t> colour = {};  // index of its colour, which lines may share; else its number
  bool dashed = false;
  std::vector<double> low = {}, high = {};  // the ends of an error bar at each point, or none
};

/// How the x axis is drawn.
struct ChartAxis {
  bool logarithmic = false;
  std::vector<std::string> names = {};  // of x = 0, 1, ..., in the place of numbers
};

/// Returns true if gnuplot is on the PATH.
bool can_chart();

/// Draws lines over a common x axis and writes PNG or SVG by the file's extension, atomically.
/// Throws Error naming the package to install if gnuplot is missing, or with gnuplot's own message.
void write_line_chart(const std::filesystem::path& path, const std::string& title,
                      const std::string& x_label, const std::string& y_label,
                      const std::vector<Series>& series, const ChartAxis& axis = {});

}  // namespace latent::visual
