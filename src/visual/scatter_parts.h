// The parts of a scatter as commands of gnuplot.
#pragma once

#include <string>
#include <utility>

#include "visual/colouring.h"
#include "visual/scatter.h"

namespace latent::visual {

constexpr int64_t kSide = 520;  // of a single chart with text of 11 points, in units
constexpr int64_t kScaleWidth = 110, kWidestLegend = 220;  // units, see Canvas

struct Range {
  double low = 0, high = 1;
};

/// Returns the ranges of both axes: of the points and marks with a margin, or of probabilities.
std::pair<Range, Range> ranges_of(const Scatter& scatter);

/// The axes of a panel: their ranges, and the units that each of them is long.
struct PanelAxes {
  Range x, y;
  double side = 1;
  double x_unit() const { return (x.high - x.low) / side; }
  double y_unit() const { return (y.high - y.low) / side; }
};

/// Returns the width of the legend beside the points in units, 0 for none.
int64_t legend_width(const Scatter& scatter, const Colouring& colouring);
/// Returns the commands for the legend with its upper left corner at (x, y) of the screen.
std::string legend_look(const Scatter& scatter, const Colouring& colouring, double x, double y);
/// Returns the parts of the plot command that fill the legend.
std::string legend_entries(const Scatter& scatter, const Colouring& colouring);

/// Returns blocks of the points and of the marks.
std::string point_blocks(size_t panel, const Scatter& scatter, const Colouring& colouring);
/// Returns the parts of the plot command that draw the marks; "" if there are none.
std::string mark_plots(size_t panel, const Scatter& scatter);

/// Parts of a plot command, and the bytes that follow the command.
struct InlineImages {
  std::string plots, bytes;
};

/// The size of a thumbnail in units: enlarged or reduced by a whole factor.
struct Enlargement {
  int64_t up = 1, down = 1;
  Enlargement(int64_t height, int64_t width);
  int64_t operator()(int64_t length) const;
};

/// Returns the pictures at their points. pixels: for each unit.
InlineImages thumbnails(const Scatter& scatter, const PanelAxes& axes, double pixels);
/// Returns the picture of the grid behind the points.
InlineImages background(const Scatter& scatter, const PanelAxes& axes, double pixels);

}  // namespace latent::visual
