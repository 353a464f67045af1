// A scatter of points in a plane, coloured by a value of each, with pictures at some of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent::visual {

struct Scatter {
  std::string title = {}, x_label = {}, y_label = {};
  Tensor points;                          // [N, 2] finite
  bool unit_square = false;               // axes from 0 to 1, for probabilities
  Tensor values = {};                     // [N] float64, or undefined: points of one colour
  std::vector<std::string> classes = {};  // words for values 0, 1, ...; empty: a colour scale
  std::string legend = {};                // what the values are
  Tensor thumbnails = {};                 // [M, C, H, W] in [0, 1], or undefined
  Tensor thumbnail_points = {};           // [M, 2]
};

/// Writes the chart as PNG or SVG by the file's extension, atomically. Points are translucent and
/// drawn in a shuffled order, so that no class hides another. If there are more than ten classes,
/// the nine with the most points have colours of their own. Throws Error naming the package if
/// gnuplot is missing.
void write_scatter(const std::filesystem::path& path, const Scatter& scatter);

/// Writes scatters of the same points side by side, with the legend of the last one.
void write_scatters(const std::filesystem::path& path, const std::vector<Scatter>& panels);

/// Returns the rows of `points` at which pictures of height x width fit without touching, chosen in
/// order, at most `most` of them: [M] int64.
Tensor thumbnail_rows(const Scatter& scatter, int64_t height, int64_t width, int64_t most);

}  // namespace latent::visual
