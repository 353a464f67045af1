// Where the parts of a grid of images lie, in pixels.
#pragma once

#include "visual/grid.h"

namespace latent::visual {

constexpr int64_t kTextMargin = 4;

struct Layout {
  int64_t columns = 1, rows = 1;
  int64_t width = 0, height = 0;  // of an enlarged image
  int64_t row_height = 0;         // of the images of one row, and of the row's caption beside them
  int64_t cell_width = 0, cell_height = 0;  // with the caption below
  int64_t gap = 0;
  int64_t caption_height = 0;  // of the captions above the columns
  int64_t left = 0, top = 0;   // of the first cell
  int64_t text = 13;           // pixels an em
  int64_t title_text = 16;
  int64_t whole_width = 0, whole_height = 0;
  std::vector<std::string> title = {}, footer = {};  // lines

  int64_t x(int64_t column) const { return left + column * (cell_width + gap); }
  int64_t y(int64_t row) const { return top + row * (cell_height + gap); }
  int64_t caption_top() const;  // of the captions above the columns
};

/// Lays out `count` images of height x width.
/// Throws Error if they do not fit into options.width and options.height.
Layout lay_out(int64_t count, int64_t height, int64_t width, const GridOptions& options);

}  // namespace latent::visual
