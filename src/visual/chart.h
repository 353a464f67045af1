// Charts, drawn by gnuplot from data it is piped; gnuplot is found on the PATH at run time.
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
  std::optional<size_t> colour = {};  // index of its colour, which lines may share; else its place
  bool dashed = false;
};

/// True if gnuplot can be started.
bool can_chart();

/// Lines over a common x axis, as PNG (or SVG by the file's extension), written atomically.
/// Throws Error naming the package to install if gnuplot is missing, or with gnuplot's own message.
void write_line_chart(const std::filesystem::path& path, const std::string& title,
                      const std::string& x_label, const std::string& y_label,
                      const std::vector<Series>& series);

}  // namespace latent::visual
