// A scatter of images in a plane: points coloured by what is known about them, pictures at their
// points.
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

/// Writes the chart as PNG or SVG by the file's extension, atomically. Points lie translucent and
/// in a shuffled order, so that no class hides another; of more than ten classes the nine with the
/// most points have colours of their own.
/// Throws Error naming the package if gnuplot is missing.
void write_scatter(const std::filesystem::path& path, const Scatter& scatter);

/// Scatters of the same points side by side, with the last one's legend.
void write_scatters(const std::filesystem::path& path, const std::vector<Scatter>& panels);

/// The points of a scatter, as rows of its `points`, where pictures of height x width can stand
/// without touching, taken in order: at most `most` of them.  [M] int64.
Tensor thumbnail_rows(const Scatter& scatter, int64_t height, int64_t width, int64_t most);

}  // namespace latent::visual
