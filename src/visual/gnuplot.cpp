#include "visual/gnuplot.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "core/error.h"
#include "core/text/split.h"
#include "image/text.h"

namespace latent::visual {
namespace {

namespace fs = std::filesystem;

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

Canvas::Canvas(const fs::path& path, const Look& look, double natural_width)
    : natural_width_(natural_width) {
  const std::string ending = lower_case(path.extension().string());
  kind_ = ending == ".png" || ending == ".jpg" || ending == ".jpeg" ? "pngcairo"
          : ending == ".svg"                                        ? "svg"
          : ending == ".pdf"                                        ? "pdfcairo"
                                                                    : "";
  if (kind_.empty()) {
    throw Error(path.string() +
                ": a chart cannot be written as this; expected .png, .jpg, .svg or .pdf");
  }
  const double larger = look.font_size > 0 ? look.font_size / kFontSize : 1;
  const double dpi = static_cast<double>(look.dpi > 0          ? look.dpi
                                         : kind_ == "pngcairo" ? kSlideDpi
                                                               : kLayoutDpi);
  const auto width = static_cast<double>(look.width);
  double pixels = dpi / static_cast<double>(kLayoutDpi);  // of a unit with text of 11 points
  if (width > 0 && look.dpi == 0) pixels = width / natural_width;
  if (width > 0 && look.dpi > 0) layout_ = width / pixels / natural_width;
  layout_ /= larger;
  enlargement_ = pixels * larger;
}

int64_t Canvas::width() const { return shrunk(natural_width_); }

int64_t Canvas::shrunk(double natural) const { return std::llround(natural * layout_); }

double Canvas::pixels_per_unit() const { return kind_ == "pngcairo" ? enlargement_ : 2.0; }

std::string Canvas::terminal(int64_t width, int64_t height) const {
  const auto pixels = [&](int64_t units) {
    return std::llround(static_cast<double>(units) * enlargement_);
  };
  const bool paper = kind_ == "pdfcairo";
  const auto inches = [](auto length) {
    return static_cast<double>(length) / static_cast<double>(kLayoutDpi);
  };
  const std::string size =
      paper ? fmt::format("{:.4f}in,{:.4f}in", inches(pixels(width)), inches(pixels(height)))
            : fmt::format("{},{}", pixels(width), pixels(height));
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
