#include "visual/layout.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/text.h"

namespace latent::visual {
namespace {

constexpr int64_t kLeastSide = 64;  // of an enlarged image, if it is smaller
constexpr int64_t kMostSide = 192;  // of an image that is enlarged by default
constexpr int64_t kSlideWidth = 1600, kSlideHeight = 1000;  // what a default picture fits into
constexpr int64_t kMostScale = 64;
constexpr double kLeastText = 13, kMostText = 40;
constexpr double kTextOfSide = 13.0 / 64;  // the text's size by the image's side
constexpr double kWidestCaption = 120 / 13.0, kWidestRowCaption = 240 / 13.0;  // in ems
constexpr double kTitleOfText = 1.25;

int64_t rounded(double value) { return std::llround(value); }

int64_t widest(const std::vector<std::string>& captions, const Layout& at, double ems) {
  int64_t width = 0;
  for (const auto& caption : captions) {
    if (!caption.empty()) width = std::max(width, text_width(caption, at.text) + kTextMargin);
  }
  return std::min(width, rounded(ems * static_cast<double>(at.text)));
}

// Without a font captions take no space.
int64_t line_height(const std::vector<std::string>& captions, int64_t text) {
  return captions.empty() || !can_draw_text() ? 0 : text_height(text) + kTextMargin;
}

int64_t paragraph_height(const std::vector<std::string>& lines, int64_t text) {
  return lines.empty() || !can_draw_text()
             ? 0
             : static_cast<int64_t>(lines.size()) * text_height(text) + 2 * kTextMargin;
}

/// The images to lay out.
struct Shown {
  int64_t count, height, width;
  const GridOptions& options;
};

void place_cells(Layout& at, const Shown& shown, double factor) {
  const GridOptions& options = shown.options;
  const auto square = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(shown.count))));
  at.columns = std::min(options.columns > 0 ? options.columns : square, shown.count);
  at.rows = (shown.count + at.columns - 1) / at.columns;
  at.width = std::max<int64_t>(1, rounded(factor * static_cast<double>(shown.width)));
  at.height = std::max<int64_t>(1, rounded(factor * static_cast<double>(shown.height)));
  const auto side = static_cast<double>(std::max(at.width, at.height));
  at.text = rounded(std::clamp(side * kTextOfSide, kLeastText, kMostText));
  at.title_text = rounded(kTitleOfText * static_cast<double>(at.text));
  at.gap = options.gap;
  if (!options.marked.empty()) at.gap = std::max<int64_t>(at.gap, 2 + at.text / 3);
  at.cell_width = std::max({at.width, widest(options.column_captions, at, kWidestCaption),
                            widest(options.cell_captions, at, kWidestCaption)});
  if (at.cell_width > at.width)
    at.gap = std::max(at.gap, 2 * kTextMargin);  // neighbouring captions must not touch
  at.row_height = std::max(at.height, options.row_captions.empty() ? 0 : text_height(at.text));
  at.cell_height = at.row_height + line_height(options.cell_captions, at.text);
  const int64_t row_captions = widest(options.row_captions, at, kWidestRowCaption);
  at.left = at.gap + (row_captions > 0 ? row_captions + 2 * kTextMargin : 0);
  at.whole_width = at.x(at.columns - 1) + at.cell_width + at.gap;
}

Layout at_factor(const Shown& shown, double factor) {
  Layout at;
  place_cells(at, shown, factor);
  const GridOptions& options = shown.options;
  const int64_t room = at.whole_width - 2 * kTextMargin;
  if (!options.title.empty()) at.title = wrap_text(options.title, at.title_text, room);
  if (!options.footer.empty()) at.footer = wrap_text(options.footer, at.text, room);
  at.caption_height = line_height(options.column_captions, at.text);
  at.top = at.gap + paragraph_height(at.title, at.title_text) + at.caption_height;
  at.whole_height =
      at.y(at.rows - 1) + at.cell_height + at.gap + paragraph_height(at.footer, at.text);
  return at;
}

// The factor with which the picture fills a slide, or less if its images would be too small.
double slide_factor(const Shown& shown) {
  const int64_t side = std::max(shown.height, shown.width);
  const int64_t least = std::max<int64_t>(1, (kLeastSide + side / 2) / side);
  int64_t factor = std::max(least, kMostSide / side);
  for (; factor > least; --factor) {
    Layout at;
    place_cells(at, shown, static_cast<double>(factor));
    if (at.whole_width <= kSlideWidth && at.rows * (at.cell_height + at.gap) <= kSlideHeight) break;
  }
  return static_cast<double>(factor);
}

Error too_narrow(const Shown& shown, const Layout& least) {
  return Error(fmt::format(
      "--width {}: {} columns of images {} pixels wide; expected at least {}, or fewer --columns",
      shown.options.width, least.columns, shown.width, least.whole_width));
}

Error too_low(const Shown& shown, const Layout& least) {
  return Error(fmt::format(
      "--height {}: {} rows of images {} pixels high; expected at least {}, or more --columns",
      shown.options.height, least.rows, shown.height, least.whole_height));
}

bool fits_across(const Shown& shown, const Layout& at) {
  return shown.options.width == 0 || at.whole_width <= shown.options.width;
}

bool fits_down(const Shown& shown, const Layout& at) {
  return shown.options.height == 0 || at.whole_height <= shown.options.height;
}

bool fits(const Shown& shown, double factor) {
  const Layout at = at_factor(shown, factor);
  return fits_across(shown, at) && fits_down(shown, at);
}

void expect_fit(const Shown& shown, double factor) {
  const Layout at = at_factor(shown, factor);
  if (!fits_across(shown, at)) throw too_narrow(shown, at);
  if (!fits_down(shown, at)) throw too_low(shown, at);
}

// The largest factor that fits into the width and the height.
double fitting_factor(const Shown& shown) {
  const double least = shown.options.smooth ? 1.0 / 64 : 1;
  expect_fit(shown, least);
  double low = least, high = kMostScale + 1;
  while (!shown.options.smooth && low < kMostScale && fits(shown, low + 1))
    low += 1;
  for (int i = 0; i < 24 && shown.options.smooth; ++i) {
    const double middle = (low + high) / 2;
    (fits(shown, middle) ? low : high) = middle;
  }
  return low;
}

// The number of columns with which the images of a box are largest: one of those that give cells of
// about the images' shape.
int64_t columns_of_box(const Shown& shown) {
  const GridOptions& options = shown.options;
  const double shape = static_cast<double>(options.width * shown.height) /
                       static_cast<double>(options.height * shown.width);
  const auto ideal = static_cast<int64_t>(std::sqrt(static_cast<double>(shown.count) * shape));
  int64_t best = 0;
  double largest = 0;
  const int64_t first = std::clamp<int64_t>(ideal - 1, 1, shown.count);
  for (int64_t columns = first; columns <= std::min(shown.count, ideal + 2); ++columns) {
    GridOptions tried = options;
    tried.columns = columns;
    tried.smooth = true;  // whole factors would not tell near ones apart
    const Shown with{shown.count, shown.height, shown.width, tried};
    if (!fits(with, 1.0 / 64)) continue;
    const double factor = fitting_factor(with);
    if (factor <= largest) continue;
    largest = factor;
    best = columns;
  }
  return best;
}

Layout boxed(const Shown& shown) {
  const GridOptions& options = shown.options;
  const auto scale = static_cast<double>(options.scale);
  if (options.scale > 0) expect_fit(shown, scale);
  Layout at = at_factor(shown, options.scale > 0 ? scale : fitting_factor(shown));
  if (options.width > 0) {
    at.left += (options.width - at.whole_width) / 2;
    at.whole_width = options.width;
  }
  if (options.height > 0) {
    at.top += (options.height - at.whole_height) / 2;
    at.whole_height = options.height;
  }
  return at;
}

}  // namespace

int64_t Layout::caption_top() const { return top - caption_height; }

Layout lay_out(int64_t count, int64_t height, int64_t width, const GridOptions& options) {
  const Shown shown{count, height, width, options};
  if (options.width == 0 && options.height == 0) {
    return at_factor(shown,
                     options.scale > 0 ? static_cast<double>(options.scale) : slide_factor(shown));
  }
  const bool free = options.columns == 0 && options.width > 0 && options.height > 0 &&
                    options.column_captions.empty() && options.row_captions.empty();
  if (!free) return boxed(shown);
  GridOptions chosen = options;
  chosen.columns = columns_of_box(shown);
  return boxed({count, height, width, chosen});
}

}  // namespace latent::visual
