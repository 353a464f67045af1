// Runs gnuplot as a process: it reads a script and returns a picture.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "visual/look.h"

namespace latent::visual {

/// Returns the text as a single-quoted gnuplot string, the only kind in which gnuplot interprets
/// nothing.
std::string quoted(const std::string& text);

/// Returns a number as gnuplot reads it; NaN if it is not finite, which leaves a gap in a line.
std::string number(double value);

/// Returns the lines of the text as a string expression of gnuplot, each line as `quoted` does.
std::string quoted_lines(const std::vector<std::string>& lines);

/// How large a chart is drawn. Charts are laid out in units of which 96 are an inch, with text of
/// 11 points, and enlarged as a whole to the pixels that are asked for: text, lines and marks grow
/// with the chart.
class Canvas {
 public:
  /// natural_width, natural_height: of the chart in units, with text of 11 points. With a width and
  /// a height the chart is enlarged until one of them is filled, and has units to spare along the
  /// other.
  /// Throws Error for an extension that is not .png, .jpg, .svg or .pdf.
  Canvas(const std::filesystem::path& path, const Look& look, double natural_width,
         double natural_height);

  /// Returns the units that the chart is wide: fewer if the text is larger.
  int64_t width() const { return width_; }
  /// Returns the units that the chart is high if that was asked for, else `otherwise`.
  int64_t height_or(int64_t otherwise) const { return asked_height_ > 0 ? height_ : otherwise; }
  /// Returns `natural` units, for a chart with larger text fewer.
  int64_t shrunk(double natural) const;
  /// Returns the natural units that the chart spans: more than its own if a box leaves some to
  /// spare.
  double across() const { return static_cast<double>(width_) / layout_; }
  double down() const { return static_cast<double>(height_) / layout_; }
  /// Returns the pixels that images in the chart should have for each unit, for sharp pictures.
  double pixels_per_unit() const;
  /// Returns the `set terminal` for a chart of this height in units; its width is width().
  std::string terminal(int64_t height) const;

 private:
  std::string kind_;
  int64_t asked_width_, asked_height_;  // pixels, or 0
  int64_t width_ = 0, height_ = 0;      // units
  double layout_ = 1;                   // units of the layout for one of the natural size
  double enlargement_ = 1;              // pixels a unit
};

constexpr int64_t kTitleTextUnits = 18;  // pixels an em of a title in a layout
constexpr int64_t kTextUnits = 15;       // and of other text

/// Throws Error if a chart would have fewer than `least` units: its text leaves no room.
void expect_room(const std::filesystem::path& path, int64_t units, int64_t least);

/// Returns commands for title, axis labels, thin borders and a faint grid. width: of the title's
/// room in units, for wrapping it.
std::string axes(const std::string& title, const std::string& x_label, const std::string& y_label,
                 int64_t width);

/// Runs the script, which must set a terminal but no output, and writes what it draws to `path`
/// atomically. Throws Error naming the package if there is no gnuplot, or with gnuplot's own
/// message.
void run_gnuplot(const std::string& script, const std::filesystem::path& path);

}  // namespace latent::visual
