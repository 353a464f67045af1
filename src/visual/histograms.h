// Histograms side by side, with the standard normal density if they should follow it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "visual/look.h"

namespace latent::visual {

struct Histogram {
  std::string title;
  std::string label;  // of the x axis
  Tensor values;      // [N]
};

constexpr size_t kNamedPanels = 12;

/// The axes of the histograms.
enum class HistogramAxes {
  kOwn,      // each its own range, and the share of the values in each bin
  kNormal,   // one symmetric range for all, with the density of N(0, 1) over each
  kLogShare  // one range for all, and the share of the values in each bin on a logarithmic axis
};

/// Writes a chart of small histograms as PNG, SVG or PDF by the file's extension, atomically; at
/// most look.columns side by side, all with the same height of the y axis. More than kNamedPanels
/// of them have their numbers and the scale of the x axis only.  Throws
/// Error naming the package if gnuplot is missing.
void write_histograms(const std::filesystem::path& path, const std::string& title,
                      const std::vector<Histogram>& histograms, HistogramAxes axes,
                      const Look& look = {});

}  // namespace latent::visual
