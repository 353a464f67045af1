#include "visual/grid.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/text.h"
#include "visual/colours.h"
#include "visual/layout.h"

namespace latent::visual {
namespace {

constexpr uint8_t kBackground = 255;
constexpr uint8_t kInk = 40;
constexpr int64_t kNarrowest = 120;  // of a picture with a caption below
constexpr uint32_t kMarkColour = 0xd55e00;

// Converts [N, C, H, W] float to [N, H, W, C] uint8 on the host. NaN, which a broken model may
// output, becomes black.
Tensor as_bytes(const Tensor& images) {
  return images.detach()
      .to(at::kCPU, at::kFloat)
      .nan_to_num(0.0)
      .clamp(0, 1)
      .mul(255)
      .round()
      .to(at::kByte)
      .permute({0, 2, 3, 1})
      .contiguous();
}

// Returns the images at the size of the layout. A whole factor repeats pixels unless `smooth`.
Tensor sized(const Tensor& images, const Layout& at, bool smooth) {
  const Tensor host = images.detach().to(at::kCPU, at::kFloat).nan_to_num(0.0).contiguous();
  const int64_t height = host.size(2), width = host.size(3);
  if (at.width == width && at.height == height) return host;
  if (!smooth) {
    return host.repeat_interleave(at.height / height, 2).repeat_interleave(at.width / width, 3);
  }
  if (at.width < width || at.height < height)
    return at::adaptive_avg_pool2d(host, {at.height, at.width});
  return at::upsample_bicubic2d(host, {at.height, at.width}, false);
}

// bytes: [H, W, C].
void paste(Picture& onto, int64_t left, int64_t top, const Tensor& bytes) {
  const int64_t row = bytes.size(1) * bytes.size(2);
  for (int64_t y = 0; y < bytes.size(0); ++y)
    std::copy_n(bytes.const_data_ptr<uint8_t>() + y * row, row, onto.at(left, top + y));
}

enum class Align { kLeft, kCentre, kRight };

void caption(Picture& onto, int64_t x, int64_t y, int64_t width, int64_t size,
             const std::string& text, Align align) {
  const std::string shown = fit_text(text, size, width);
  const int64_t room = width - text_width(shown, size);
  const int64_t shift = align == Align::kLeft ? 0 : align == Align::kCentre ? room / 2 : room;
  draw_text(onto, x + shift, y, shown, size, kInk);
}

void draw_lines(Picture& onto, int64_t y, int64_t size, const std::vector<std::string>& lines) {
  for (const auto& line : lines) {
    caption(onto, kTextMargin, y, onto.width - 2 * kTextMargin, size, line, Align::kCentre);
    y += text_height(size);
  }
}

void draw_captions(Picture& onto, const Layout& at, int64_t count, const GridOptions& options) {
  for (int64_t column = 0; column < at.columns && !options.column_captions.empty(); ++column) {
    const auto& text = options.column_captions[static_cast<size_t>(column)];
    caption(onto, at.x(column), at.caption_top(), at.cell_width, at.text, text, Align::kCentre);
  }
  const int64_t beside = at.x(0) - at.gap - 2 * kTextMargin;
  for (int64_t row = 0; row < at.rows && !options.row_captions.empty(); ++row) {
    const auto& text = options.row_captions[static_cast<size_t>(row)];
    const int64_t y = at.y(row) + (at.row_height - text_height(at.text)) / 2;
    caption(onto, kTextMargin, y, beside, at.text, text, Align::kRight);
  }
  for (int64_t i = 0; i < count && !options.cell_captions.empty(); ++i) {
    const auto& text = options.cell_captions[static_cast<size_t>(i)];
    const int64_t y = at.y(i / at.columns) + at.row_height + kTextMargin / 2;
    caption(onto, at.x(i % at.columns), y, at.cell_width, at.text, text, Align::kCentre);
  }
  draw_lines(onto, at.gap + kTextMargin / 2, at.title_text, at.title);
  const auto below = static_cast<int64_t>(at.footer.size()) * text_height(at.text);
  draw_lines(onto, at.whole_height - below - kTextMargin, at.text, at.footer);
}

void set_colour(Picture& onto, int64_t x, int64_t y, uint32_t colour) {
  for (int c = 0; c < 3; ++c)
    onto.at(x, y)[c] = static_cast<uint8_t>(colour >> (16 - 8 * c));
}

// Draws a frame of `thickness` around the box.
void draw_frame(Picture& onto, int64_t left, int64_t top, int64_t width, int64_t height,
                int64_t thickness) {
  for (int64_t y = top - thickness; y < top + height + thickness; ++y) {
    for (int64_t x = left - thickness; x < left + width + thickness; ++x) {
      const bool inside = x >= left && y >= top && x < left + width && y < top + height;
      if (!inside && x >= 0 && y >= 0 && x < onto.width && y < onto.height)
        set_colour(onto, x, y, kMarkColour);
    }
  }
}

// Pixels an em of a line below a picture.
int64_t caption_size(int64_t width) { return std::clamp<int64_t>(width / 16, 13, 40); }

void check_captions(const std::vector<std::string>& captions, int64_t wanted, const char* what) {
  TORCH_CHECK(captions.empty() || static_cast<int64_t>(captions.size()) == wanted,
              "grid: ", captions.size(), " ", what, " captions; expected none or ", wanted);
}

void check_options(const GridOptions& options, const Layout& at, int64_t count) {
  check_captions(options.column_captions, at.columns, "column");
  check_captions(options.row_captions, at.rows, "row");
  check_captions(options.cell_captions, count, "cell");
  TORCH_CHECK(options.marked.empty() || static_cast<int64_t>(options.marked.size()) == count,
              "grid: ", options.marked.size(), " marks; expected none or ", count);
}

}  // namespace

GridOptions grid_options(const Look& look) {
  return {.columns = look.columns,
          .scale = look.scale,
          .smooth = look.smooth,
          .width = look.width,
          .height = look.height,
          .title = look.title};
}

Picture picture(const Tensor& image) {
  expect_shape(image, {-1, -1, -1}, "picture");
  return grid(image.unsqueeze(0), {.columns = 1, .gap = 0, .scale = 1});
}

int64_t caption_room(int64_t width) {
  return can_draw_text() ? text_height(caption_size(width)) + 2 * kTextMargin : 0;
}

Picture with_caption(const Picture& picture, const std::string& text) {
  if (!can_draw_text()) return picture;
  const int64_t size = caption_size(picture.width);
  const int64_t width = std::max(picture.width, kNarrowest);
  Picture whole(width, picture.height + caption_room(picture.width), picture.channels, kBackground);
  const int64_t left = (width - picture.width) / 2;
  for (int64_t y = 0; y < picture.height; ++y) {
    std::copy_n(picture.at(0, y), picture.width * picture.channels, whole.at(left, y));
  }
  caption(whole, kTextMargin, picture.height + kTextMargin, width - 2 * kTextMargin, size, text,
          Align::kCentre);
  return whole;
}

Picture grid(const Tensor& images, const GridOptions& options) {
  expect_shape(images, {-1, -1, -1, -1}, "grid");
  const int64_t count = images.size(0);
  TORCH_CHECK(count > 0 && (images.size(1) == 1 || images.size(1) == 3), "grid: got shape ",
              images.sizes(), ", expected at least one image of 1 or 3 channels");
  const Layout at = lay_out(count, images.size(2), images.size(3), options);
  check_options(options, at, count);

  const int64_t channels = options.marked.empty() ? images.size(1) : 3;  // marks have a colour
  Picture whole(at.whole_width, at.whole_height, channels, kBackground);
  const int64_t thickness = std::max<int64_t>(2, at.text / 5);
  for (int64_t i = 0; i < count; ++i) {
    const Tensor bytes = as_bytes(
        sized(images.narrow(0, i, 1), at, options.smooth).expand({-1, channels, -1, -1}))[0];
    const int64_t left = at.x(i % at.columns) + (at.cell_width - at.width) / 2;
    const int64_t top = at.y(i / at.columns) + (at.row_height - at.height) / 2;
    if (!options.marked.empty() && options.marked[static_cast<size_t>(i)])
      draw_frame(whole, left, top, at.width, at.height, thickness);
    paste(whole, left, top, bytes);
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

Tensor scale_colours(const Tensor& values, double most) {
  expect_shape(values, {-1, 1, -1, -1}, "values of a colour scale");
  Tensor table = at::empty({256, 3});
  for (int64_t i = 0; i < 256; ++i) {
    const uint32_t colour = scale_colour(static_cast<double>(i) / 255);
    for (int64_t c = 0; c < 3; ++c)
      table[i][c] = static_cast<double>((colour >> (16 - 8 * c)) & 0xff) / 255;
  }
  const Tensor share = (values.nan_to_num(0.0) / std::max(most, 1e-12)).clamp(0, 1);
  const Tensor step = share.mul(255).round().to(at::kLong);
  return table.index_select(0, step.flatten())
      .view({values.size(0), values.size(2), values.size(3), 3})
      .permute({0, 3, 1, 2})
      .contiguous();
}

int64_t scale_room(int64_t text) {
  return (can_draw_text() ? text_height(text) : text) + 3 * kTextMargin;
}

Picture with_scale(const Picture& picture, double most, const std::string& what, int64_t text) {
  TORCH_CHECK(picture.channels == 3, "a colour scale needs a picture of 3 channels");
  const int64_t height = scale_room(text) - 3 * kTextMargin;
  Picture whole(picture.width, picture.height + scale_room(text), 3, kBackground);
  std::copy(picture.pixels.begin(), picture.pixels.end(), whole.pixels.begin());
  const int64_t bar = std::max<int64_t>(32, picture.width / 4);
  const int64_t top = picture.height + kTextMargin;
  const std::string low = what + "  0", high = fmt::format("{:.2g}", most);
  const int64_t words = text_width(low, text), end = text_width(high, text);
  const int64_t left =
      std::max(kTextMargin + words, (picture.width - bar - end + words) / 2) + 2 * kTextMargin;
  for (int64_t x = 0; x < bar; ++x) {
    const uint32_t colour = scale_colour(static_cast<double>(x) / static_cast<double>(bar - 1));
    for (int64_t y = 0; y < height && left + x < whole.width; ++y)
      set_colour(whole, left + x, top + y, colour);
  }
  draw_text(whole, left - 2 * kTextMargin - words, top, low, text, kInk);
  draw_text(whole, left + bar + 2 * kTextMargin, top, high, text, kInk);
  return whole;
}

}  // namespace latent::visual
