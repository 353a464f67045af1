#include "visual/grid.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/text.h"

namespace latent::visual {
namespace {

constexpr uint8_t kBackground = 255;
constexpr uint8_t kInk = 40;
constexpr int64_t kTextSize = 13;
constexpr int64_t kAimedSide = 64;  // pixels of a small image's longer side after enlarging
constexpr int64_t kWidestCaption =
    120;  // a column grows up to this for its captions, then they are shortened
constexpr int64_t kWidestRowCaption = 240;
constexpr int64_t kTextMargin = 4;

// Converts [N, C, H, W] float to [N, H, W, C] uint8 on the host. NaN, which a broken model may
// output, becomes black.
Tensor as_bytes(const Tensor& images) {
  const Tensor host = images.detach().to(at::kCPU, at::kFloat);
  return host.nan_to_num(0.0)
      .clamp(0, 1)
      .mul(255)
      .round()
      .to(at::kByte)
      .permute({0, 2, 3, 1})
      .contiguous();
}

/// The layout in pixels.
struct Layout {
  int64_t columns = 1, rows = 1;
  int64_t scale = 1;
  int64_t width = 0, height = 0;  // of an enlarged image
  int64_t row_height = 0;         // of the images of one row, and of the row's caption beside them
  int64_t cell_width = 0, cell_height = 0;  // with the caption below
  int64_t gap = 0;
  int64_t left = 0, top = 0;  // of the first cell

  int64_t x(int64_t column) const { return left + column * (cell_width + gap); }
  int64_t y(int64_t row) const { return top + row * (cell_height + gap); }
};

int64_t widest(const std::vector<std::string>& captions, int64_t limit) {
  int64_t width = 0;
  for (const auto& caption : captions) {
    if (!caption.empty()) width = std::max(width, text_width(caption, kTextSize) + kTextMargin);
  }
  return std::min(width, limit);
}

// Without a font captions take no space.
int64_t line_height(const std::vector<std::string>& captions) {
  return captions.empty() || !can_draw_text() ? 0 : text_height(kTextSize) + kTextMargin;
}

Layout lay_out(int64_t count, int64_t height, int64_t width, const GridOptions& options) {
  Layout at;
  const auto square = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  at.columns = std::min(options.columns > 0 ? options.columns : square, count);
  at.rows = (count + at.columns - 1) / at.columns;
  at.scale = options.scale > 0 ? options.scale
                               : std::max<int64_t>(1, (kAimedSide + std::max(height, width) / 2) /
                                                          std::max(height, width));
  at.width = width * at.scale;
  at.height = height * at.scale;
  at.gap = options.gap;
  at.cell_width = std::max({at.width, widest(options.column_captions, kWidestCaption),
                            widest(options.cell_captions, kWidestCaption)});
  if (at.cell_width > at.width)
    at.gap = std::max(at.gap, 2 * kTextMargin);  // neighbouring captions must not touch
  at.row_height = std::max(at.height, options.row_captions.empty() ? 0 : text_height(kTextSize));
  at.cell_height = at.row_height + line_height(options.cell_captions);
  const int64_t row_captions = widest(options.row_captions, kWidestRowCaption);
  at.left = at.gap + (row_captions > 0 ? row_captions + 2 * kTextMargin : 0);
  at.top = at.gap + line_height(options.column_captions);
  return at;
}

// Draws each pixel as a square of scale x scale.  image: height x width x channels bytes.
void paste(Picture& onto, int64_t left, int64_t top, const uint8_t* image, int64_t height,
           int64_t width, int64_t scale) {
  const int64_t channels = onto.channels;
  for (int64_t y = 0; y < height * scale; ++y) {
    uint8_t* to = onto.at(left, top + y);
    const uint8_t* row = image + (y / scale) * width * channels;
    for (int64_t x = 0; x < width * scale; ++x) {
      std::copy_n(row + (x / scale) * channels, channels, to + x * channels);
    }
  }
}

enum class Align { kCentre, kRight };

void caption(Picture& onto, int64_t x, int64_t y, int64_t width, const std::string& text,
             Align align) {
  const std::string shown = fit_text(text, kTextSize, width);
  const int64_t room = width - text_width(shown, kTextSize);
  draw_text(onto, x + (align == Align::kCentre ? room / 2 : room), y, shown, kTextSize, kInk);
}

void draw_captions(Picture& onto, const Layout& at, int64_t count, const GridOptions& options) {
  for (int64_t column = 0; column < at.columns && !options.column_captions.empty(); ++column) {
    const auto& text = options.column_captions[static_cast<size_t>(column)];
    caption(onto, at.x(column), at.gap, at.cell_width, text, Align::kCentre);
  }
  for (int64_t row = 0; row < at.rows && !options.row_captions.empty(); ++row) {
    const auto& text = options.row_captions[static_cast<size_t>(row)];
    const int64_t y = at.y(row) + (at.row_height - text_height(kTextSize)) / 2;
    caption(onto, at.gap + kTextMargin, y, at.left - at.gap - 2 * kTextMargin, text, Align::kRight);
  }
  for (int64_t i = 0; i < count && !options.cell_captions.empty(); ++i) {
    const auto& text = options.cell_captions[static_cast<size_t>(i)];
    const int64_t y = at.y(i / at.columns) + at.row_height + kTextMargin / 2;
    caption(onto, at.x(i % at.columns), y, at.cell_width, text, Align::kCentre);
  }
}

void check_captions(const std::vector<std::string>& captions, int64_t wanted, const char* what) {
  TORCH_CHECK(captions.empty() || static_cast<int64_t>(captions.size()) == wanted,
              "grid: ", captions.size(), " ", what, " captions; expected none or ", wanted);
}

}  // namespace

Picture picture(const Tensor& image) {
  expect_shape(image, {-1, -1, -1}, "picture");
  return grid(image.unsqueeze(0), {.columns = 1, .gap = 0, .scale = 1});
}

Picture with_caption(const Picture& picture, const std::string& text) {
  if (!can_draw_text()) return picture;
  const int64_t width = std::max(picture.width, kWidestCaption);
  Picture whole(width, picture.height + text_height(kTextSize) + 2 * kTextMargin, picture.channels,
                kBackground);
  const int64_t left = (width - picture.width) / 2;
  for (int64_t y = 0; y < picture.height; ++y) {
    std::copy_n(picture.at(0, y), picture.width * picture.channels, whole.at(left, y));
  }
  caption(whole, kTextMargin, picture.height + kTextMargin, width - 2 * kTextMargin, text,
          Align::kCentre);
  return whole;
}

Picture grid(const Tensor& images, const GridOptions& options) {
  expect_shape(images, {-1, -1, -1, -1}, "grid");
  const int64_t count = images.size(0), channels = images.size(1), height = images.size(2),
                width = images.size(3);
  TORCH_CHECK(count > 0 && (channels == 1 || channels == 3), "grid: got shape ", images.sizes(),
              ", expected at least one image of 1 or 3 channels");
  const Layout at = lay_out(count, height, width, options);
  check_captions(options.column_captions, at.columns, "column");
  check_captions(options.row_captions, at.rows, "row");
  check_captions(options.cell_captions, count, "cell");

  Picture whole(at.x(at.columns - 1) + at.cell_width + at.gap,
                at.y(at.rows - 1) + at.cell_height + at.gap, channels, kBackground);
  const Tensor bytes = as_bytes(images);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t left = at.x(i % at.columns) + (at.cell_width - at.width) / 2;
    const int64_t top = at.y(i / at.columns) + (at.row_height - at.height) / 2;
    paste(whole, left, top, bytes[i].const_data_ptr<uint8_t>(), height, width, at.scale);
  }
  draw_captions(whole, at, count, options);
  return whole;
}

Tensor framed(const Tensor& images, int64_t height, int64_t width) {
  const int64_t scale =
      std::max<int64_t>(1, std::min(height / images.size(2), width / images.size(3)));
  const Tensor large = images.repeat_interleave(scale, 2).repeat_interleave(scale, 3);
  const int64_t rows = height - large.size(2), columns = width - large.size(3);
  if (rows == 0 && columns == 0) return large;
  const int64_t top = rows / 2, left = columns / 2;
  return at::constant_pad_nd(large, {left, columns - left, top, rows - top}, 1);
}

Picture rows(const std::vector<Tensor>& rows, const std::vector<std::string>& captions,
             GridOptions options) {
  TORCH_CHECK(!rows.empty(), "rows: no row of images");
  for (const auto& row : rows) {
    TORCH_CHECK(row.sizes() == rows.front().sizes(), "rows: one is ", row.sizes(), ", the first ",
                rows.front().sizes());
  }
  std::vector<Tensor> host;
  for (const auto& row : rows)
    host.push_back(row.detach().to(at::kCPU, at::kFloat));
  options.columns = rows.front().size(0);
  options.row_captions = captions;
  return grid(at::cat(host), options);
}

}  // namespace latent::visual
