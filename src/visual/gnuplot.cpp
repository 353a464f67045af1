#include "visual/gnuplot.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text/split.h"
#include "image/text.h"

namespace latent::visual {
namespace {

namespace fs = std::filesystem;

// The terminal that draws a file of this name.
std::string terminal_of(const fs::path& path) {
  const std::string ending = lower_case(path.extension().string());
  if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") return "pngcairo";
  if (ending == ".svg") return "svg";
  if (ending == ".pdf") return "pdfcairo";
  throw Error(path.string() +
              ": a chart cannot be written as this; expected .png, .jpg, .svg or .pdf");
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string safe = "'";
  char before = '\'';
  for (const char c : text) {
    // A doubled quote stands for one, but gnuplot takes it for the end of the string unless another
    // character precedes it; there it is replaced by a typographic quote.
    if (c == '\'')
      safe += before == '\'' ? "\u2019" : "''";
    else
      safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    before = c;
  }
  return safe + "'";
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : "NaN";
}

std::string quoted_lines(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines)
    all += (all.empty() ? "" : ".\"\\n\".") + quoted(line);
  return all;
}

Canvas::Canvas(const fs::path& path, const Look& look, double natural_width, double natural_height)
    : kind_(terminal_of(path)), asked_width_(look.width), asked_height_(look.height) {
  const double larger = look.font_size > 0 ? look.font_size / kFontSize : 1;
  const double dpi = static_cast<double>(look.dpi > 0          ? look.dpi
                                         : kind_ == "pngcairo" ? kSlideDpi
                                                               : kLayoutDpi);
  // How many pixels of what is asked for a natural unit could have.
  const double across =
      asked_width_ > 0 ? static_cast<double>(asked_width_) / natural_width : HUGE_VAL;
  const double down =
      asked_height_ > 0 ? static_cast<double>(asked_height_) / natural_height : HUGE_VAL;
  double pixels = dpi / static_cast<double>(kLayoutDpi);  // of a unit with text of 11 points
  const double fitting = std::min(across, down);
  if (std::isfinite(fitting) && look.dpi == 0) pixels = fitting;
  const double whole = std::isfinite(fitting) ? fitting / pixels : 1;
  layout_ = whole / larger;
  enlargement_ = pixels * larger;
  const double wide = asked_width_ > 0 ? across / pixels : whole;
  const double high = asked_height_ > 0 ? down / pixels : whole;
  width_ = std::llround(natural_width * wide / larger);
  height_ = std::llround(natural_height * high / larger);
}

int64_t Canvas::shrunk(double natural) const { return std::llround(natural * layout_); }

double Canvas::pixels_per_unit() const { return kind_ == "pngcairo" ? enlargement_ : 2.0; }

std::string Canvas::terminal(int64_t height) const {
  const auto pixels = [&](int64_t units, int64_t asked) {
    return asked > 0 ? asked : std::llround(static_cast<double>(units) * enlargement_);
  };
  const int64_t wide = pixels(width_, asked_width_), high = pixels(height, asked_height_);
  const bool paper = kind_ == "pdfcairo";
  const auto inches = [](auto length) {
    return static_cast<double>(length) / static_cast<double>(kLayoutDpi);
  };
  const std::string size = paper ? fmt::format("{:.4f}in,{:.4f}in", inches(wide), inches(high))
                                 : fmt::format("{},{}", wide, high);
  // pdfcairo's text of a size is as many pixels at 72 an inch as pngcairo's at 96, its lines
  // thinner.
  const double font = paper ? enlargement_ * 72 / kLayoutDpi : enlargement_;
  const double line = paper ? enlargement_ * 1.4 : enlargement_;
  const std::string points = kind_ == "svg" ? "" : fmt::format(" pointscale {:.4f}", enlargement_);
  return fmt::format(
      "set encoding utf8\nset terminal {} noenhanced size {} font 'DejaVu Sans,11' fontscale "
      "{:.4f} "
      "linewidth {:.4f}{} background '#ffffff'\n",
      kind_, size, font, line, points);
}

void expect_room(const fs::path& path, int64_t units, int64_t least) {
  if (units >= least) return;
  throw Error(path.string() +
              ": the text leaves no room for the chart; expected a smaller --font-size or --dpi, "
              "or a larger --width");
}

std::string axes(const std::string& title, const std::string& x_label, const std::string& y_label,
                 int64_t width) {
  return "set title " + quoted_lines(wrap_text(title, kTitleTextUnits, width)) +
         " font ',13'\nset xlabel " + quoted(x_label) + "\nset ylabel " + quoted(y_label) +
         "\nset border 3 linecolor '#444444'\n"
         "set tics nomirror out\n"
         "set grid linecolor '#e2e2e2' linetype 1 linewidth 1\n";
}

}  // namespace latent::visual
