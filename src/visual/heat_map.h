// A table of numbers as coloured cells with names of rows and columns.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "visual/look.h"

namespace latent::visual {

struct HeatMap {
  std::string title;
  std::string legend;  // what a cell's number is
  std::vector<std::string> rows, columns;
  std::string row_label, column_label;  // of the axes: "factor", "latent"
  Tensor values;                        // [R, C] in [0, 1]
};

/// Draws the cells in the colours of a scale from 0 to 1, with their numbers as long as there are
/// few enough cells to read them, and writes PNG, SVG or PDF by the file's extension, atomically.
/// Throws Error as run_gnuplot does.
void write_heat_map(const std::filesystem::path& path, const HeatMap& map, const Look& look = {});

}  // namespace latent::visual
