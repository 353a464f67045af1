// How pictures and charts look: what the flags of every drawing command choose.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace latent::visual {

struct Look {
  // Pictures of images.
  int64_t columns = 0;  // 0: as the picture chooses
  int64_t scale = 0;    // whole enlargement factor; 0: chosen
  bool smooth = false;  // enlarge bicubically, by any factor, instead of each pixel to a square
  std::vector<std::string> captions = {};  // below each example, or none
  // Pictures and charts.
  int64_t width = 0;       // pixels of the whole picture; 0: as its contents need
  int64_t height = 0;      // the same
  std::string title = {};  // above the picture; of charts instead of their own; or none
  // Charts.
  double font_size = 0;  // points; 0: kFontSize
  int64_t dpi = 0;       // pixels an inch; 0: kSlideDpi for PNG
  /// The least and the largest value of each column of a table, which then give the axes' ranges.
  std::vector<std::pair<double, double>> ranges = {};
};

constexpr double kFontSize = 11;
constexpr int64_t kSlideDpi = 192, kLayoutDpi = 96;

/// Returns the look with `columns` where it has none.
inline Look with_columns(Look look, int64_t columns) {
  if (look.columns == 0) look.columns = columns;
  return look;
}

}  // namespace latent::visual
