#include "visual/scatter_parts.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"
#include "visual/grid.h"

namespace latent::visual {
namespace {

constexpr int64_t kThumbnail = 36;   // target for the longer side of a picture, in units
constexpr int64_t kThinnest = 4;     // gnuplot cannot draw a picture with a single row
constexpr double kPadding = 0.03;    // of the range, on either side of the points
constexpr double kCellShare = 0.72;  // of a cell that a picture over the points fills
constexpr int64_t kFewScatterPoints = 2000;
constexpr double kFaded = 0.6;  // of the ink of pictures behind points

Range padded_range(const Tensor& values) {
  const double low = values.min().item<double>(), high = values.max().item<double>();
  // Points that differ by rounding alone count as equal: gnuplot takes their range for empty.
  const double rounding = std::max(1e-6, 1e-5 * std::max(std::abs(low), std::abs(high)));
  const double room = high - low > rounding ? kPadding * (high - low) : 0.5;
  return {low - room, high + room};
}

// Returns x, y and 0xAARRGGBB of each point, where AA is the transparency, in a shuffled order.
std::string point_block(size_t panel, const Scatter& scatter, const Colouring& colouring) {
  const int64_t count = scatter.points.size(0);
  auto noise = generator(0, Stream::kPictures);
  const Tensor order = at::randperm(count, noise, at::kLong);
  const Tensor points = scatter.points.to(at::kDouble).index_select(0, order).contiguous();
  const Tensor values = scatter.values.defined()
                            ? scatter.values.to(at::kDouble).index_select(0, order).contiguous()
                            : at::zeros({count}, at::kDouble);
  const uint32_t transparency = count > kFewScatterPoints ? 0x60000000u : 0x30000000u;
  std::string block = fmt::format("$points{} << LATENT_END\n", panel);
  for (int64_t i = 0; i < count; ++i) {
    const double* place = points.const_data_ptr<double>() + 2 * i;
    const uint32_t shade = colouring.of(values.const_data_ptr<double>()[i]);
    block += fmt::format("{} {} {}\n", number(place[0]), number(place[1]), transparency | shade);
  }
  return block + "LATENT_END\n";
}

void append_bytes(InlineImages& images, const Picture& picture) {
  images.bytes.append(reinterpret_cast<const char*>(picture.pixels.data()), picture.pixels.size());
}

// An image of `width` x `height` pixels, each `across` x `up` large, around a point.
std::string image_plot(const Picture& image, double across, double up, double x, double y) {
  return fmt::format(
      "'-' binary array=({},{}) flipy dx={:.12g} dy={:.12g} center=({:.12g},{:.12g}) "
      "format='%uchar%uchar%uchar' with rgbimage notitle",
      image.width, image.height, across, up, x, y);
}

// Returns a picture of this size in pixels: reduced by averaging, enlarged by repetition.
Picture resized(const Tensor& image, int64_t height, int64_t width) {
  const Tensor host = image.to(at::kCPU, at::kFloat).expand({3, -1, -1}).unsqueeze(0);
  const bool smaller = height < host.size(2) || width < host.size(3);
  return picture((smaller ? at::adaptive_avg_pool2d(host, {height, width})
                          : at::upsample_nearest2d(host, {height, width}))[0]);
}

// Dark pictures behind points are drawn as ink on paper, and pale.
Tensor behind_points(const Tensor& images) {
  const bool grey = images.size(1) == 1;
  const bool dark = grey && images.mean().item<double>() < 0.5;
  const Tensor ink = dark ? images.clamp(0, 1) : 1 - images.clamp(0, 1);
  return 1 - kFaded * ink;
}

}  // namespace

std::pair<Range, Range> ranges_of(const Scatter& scatter) {
  if (scatter.unit_square) return {{-kPadding, 1 + kPadding}, {-kPadding, 1 + kPadding}};
  Tensor all = scatter.points.to(at::kDouble);
  if (scatter.marks.defined()) all = at::cat({all, scatter.marks.to(at::kDouble)});
  return {padded_range(all.select(1, 0)), padded_range(all.select(1, 1))};
}

Enlargement::Enlargement(int64_t height, int64_t width) {
  const int64_t side = std::max(height, width);
  up = std::max<int64_t>(1, (kThumbnail + side / 2) / side);
  down = std::max<int64_t>(1, (side + kThumbnail / 2) / kThumbnail);
}

int64_t Enlargement::operator()(int64_t length) const {
  return std::max(kThinnest, length * up / down);
}

int64_t legend_width(const Scatter& scatter, const Colouring& colouring) {
  if (!scatter.values.defined()) return 0;
  if (scatter.classes.empty()) return kScaleWidth;
  int64_t width = text_width(scatter.legend, kTextUnits);
  for (const auto& [word, shade] : colouring.entries)
    width = std::max(width, text_width(word, kTextUnits));
  return std::min(width, kWidestLegend) + 50;
}

std::string legend_look(const Scatter& scatter, const Colouring& colouring, double x, double y) {
  if (!scatter.values.defined()) return "unset key\n";
  if (!scatter.classes.empty()) {
    return fmt::format(
        "set key at screen {:.6f}, screen {:.6f} left top Left reverse samplen 1 spacing 1.3\n"
        "set key title {} left\n",
        x, y, quoted(fit_text(scatter.legend, kTextUnits, kWidestLegend)));
  }
  std::string steps;
  for (int i = 0; i <= 16; ++i)
    steps += fmt::format("{}{} '{}'", i ? ", " : "", i, hex(scale_colour(i / 16.0)));
  const double high =
      colouring.high > colouring.low ? colouring.high : colouring.low + 1;  // no empty scale
  return fmt::format(
      "unset key\nset palette defined ({})\nset cbrange [{}:{}]\nset cblabel {}\n"
      "set colorbox user origin screen {:.6f}, screen {:.6f} size screen 0.02, screen 0.5\n",
      steps, number(colouring.low), number(high), quoted(scatter.legend), x, y - 0.5);
}

std::string legend_entries(const Scatter& scatter, const Colouring& colouring) {
  if (!scatter.values.defined()) return "";
  // A palette draws its scale only if something uses it.
  if (scatter.classes.empty()) return ", NaN with points palette notitle";
  std::string text;
  for (const auto& [word, shade] : colouring.entries) {
    text +=
        fmt::format(", keyentry with points pointtype 7 pointsize 1.6 linecolor rgb '{}' title {}",
                    hex(shade), quoted(fit_text(word, kTextUnits, kWidestLegend)));
  }
  return text;
}

std::string point_blocks(size_t panel, const Scatter& scatter, const Colouring& colouring) {
  std::string blocks = point_block(panel, scatter, colouring);
  if (!scatter.marks.defined()) return blocks;
  const Tensor marks = scatter.marks.to(at::kDouble).contiguous();
  blocks += fmt::format("$marks{} << LATENT_END\n", panel);
  for (int64_t i = 0; i < marks.size(0); ++i) {
    const double* place = marks.const_data_ptr<double>() + 2 * i;
    blocks += fmt::format("{} {} {}\n", number(place[0]), number(place[1]), i + 1);
  }
  return blocks + "LATENT_END\n";
}

std::string mark_plots(size_t panel, const Scatter& scatter) {
  if (!scatter.marks.defined()) return "";
  return fmt::format(
      ", $marks{0} using 1:2 with points pointtype 7 pointsize 3.2 linecolor '#000000' notitle"
      ", $marks{0} using 1:2 with points pointtype 7 pointsize 2.8 linecolor '#ffffff' notitle"
      ", $marks{0} using 1:2:3 with labels center font 'DejaVu Sans Bold,9' notitle",
      panel);
}

InlineImages thumbnails(const Scatter& scatter, const PanelAxes& axes, double pixels) {
  InlineImages images;
  if (!scatter.thumbnails.defined()) return images;
  const int64_t height = scatter.thumbnails.size(2), width = scatter.thumbnails.size(3);
  const Enlargement enlarge(height, width);
  // In a smaller chart they are smaller: thumbnail_rows chose them for one of kSide.
  const double share = std::min(1.0, axes.side / static_cast<double>(kSide));
  auto tall = share * static_cast<double>(enlarge(height));
  auto wide = share * static_cast<double>(enlarge(width));
  if (scatter.thumbnail_side > 0) {
    const double cell = kCellShare * axes.side / static_cast<double>(scatter.thumbnail_side);
    const double shrink = cell / static_cast<double>(std::max(height, width));
    tall = shrink * static_cast<double>(height), wide = shrink * static_cast<double>(width);
  }
  for (int64_t i = 0; i < scatter.thumbnails.size(0); ++i) {
    const Picture image =
        resized(scatter.thumbnails[i], std::max<int64_t>(kThinnest, std::llround(tall * pixels)),
                std::max<int64_t>(kThinnest, std::llround(wide * pixels)));
    images.plots += ", " + image_plot(image, axes.x_unit() / pixels, axes.y_unit() / pixels,
                                      scatter.thumbnail_points[i][0].item<double>(),
                                      scatter.thumbnail_points[i][1].item<double>());
    append_bytes(images, image);
  }
  return images;
}

InlineImages background(const Scatter& scatter, const PanelAxes& axes, double pixels) {
  InlineImages images;
  if (!scatter.background.defined()) return images;
  const Tensor shown = behind_points(scatter.background);
  const auto side = static_cast<int64_t>(std::llround(std::sqrt(shown.size(0))));
  const int64_t channels = shown.size(1), height = shown.size(2), width = shown.size(3);
  const Tensor whole = shown.view({side, side, channels, height, width})
                           .permute({2, 0, 3, 1, 4})
                           .reshape({channels, side * height, side * width});
  const int64_t length = std::max<int64_t>(kThinnest, std::llround(axes.side * pixels));
  const Picture image = resized(whole, length, length);
  const auto count = static_cast<double>(length);
  images.plots =
      image_plot(image, (axes.x.high - axes.x.low) / count, (axes.y.high - axes.y.low) / count,
                 (axes.x.low + axes.x.high) / 2, (axes.y.low + axes.y.high) / 2) +
      ", ";
  append_bytes(images, image);
  return images;
}

}  // namespace latent::visual
