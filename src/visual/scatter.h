// A scatter of points in a plane, coloured by a value of each, with pictures at some of them, below
// or beside them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "visual/look.h"

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
  int64_t thumbnail_side = 0;             // of a square grid whose cells they fill, or 0
  Tensor background = {};                 // [S * S, C, H, W] at grid_points, or undefined
  Tensor marks = {};                      // [M, 2]: points with a number from 1 on, or undefined
  Tensor marked = {};                     // [M, C, H, W]: their pictures beside the chart
};

/// Writes the chart as PNG, SVG or PDF by the file's extension, atomically. Points are translucent
/// and drawn in a shuffled order, so that no class hides another. If there are more than ten
/// classes, the nine with the most points have colours of their own. Throws Error naming the
/// package if gnuplot is missing.
void write_scatter(const std::filesystem::path& path, const Scatter& scatter,
                   const Look& look = {});

/// Writes scatters side by side, with the legend and the numbered pictures of the last one.
/// Throws Error if the text is too large for the charts.
void write_scatters(const std::filesystem::path& path, const std::vector<Scatter>& panels,
                    const Look& look = {});

/// Returns the rows of `points` at which pictures of height x width fit without touching, chosen in
/// order, at most `most` of them: [M] int64.
Tensor thumbnail_rows(const Scatter& scatter, int64_t height, int64_t width, int64_t most);

/// Returns the middles of side x side cells that fill the chart, row by row from the top left:
/// [side * side, 2] float64.
Tensor grid_points(const Scatter& scatter, int64_t side);

}  // namespace latent::visual
