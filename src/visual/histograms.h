// Histograms side by side, against the standard normal density if that is what they should follow.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent::visual {

struct Histogram {
  std::string title;
  std::string label;  // of the x axis
  Tensor values;      // [N]
};

/// Writes a chart of small histograms as PNG or SVG by the file's extension, atomically.
/// normal: draw the density of N(0, 1) over each, and give all one x axis.
/// Throws Error naming the package if gnuplot is missing.
void write_histograms(const std::filesystem::path& path, const std::string& title,
                      const std::vector<Histogram>& histograms, bool normal);

}  // namespace latent::visual
