#include "visual/scatter.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/random.h"
#include "image/text.h"
#include "visual/colouring.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"
#include "visual/grid.h"

namespace latent::visual {
namespace {

// Pixels.
constexpr int64_t kSide = 680, kLeft = 104, kBottom = 66, kTop = 46, kGap = 24;
constexpr int64_t kLegendTextSize = 15;
constexpr int64_t kWidestLegend = 240, kScaleWidth = 110;
constexpr int64_t kThumbnail = 44;  // target for the longer side of a picture
constexpr int64_t kThinnest = 4;    // gnuplot cannot draw a picture with a single row
constexpr double kPadding = 0.03;   // of the range, on either side of the points
constexpr size_t kFewScatterPoints = 2000;

struct Range {
  double low = 0, high = 1;
  double pixel() const { return (high - low) / kSide; }
};

Range padded_range(const Tensor& values) {
  const double low = values.min().item<double>(), high = values.max().item<double>();
  // Points that differ by rounding alone count as equal: gnuplot takes their range for empty.
  const double rounding = std::max(1e-6, 1e-5 * std::max(std::abs(low), std::abs(high)));
  const double room = high - low > rounding ? kPadding * (high - low) : 0.5;
  return {low - room, high + room};
}

std::pair<Range, Range> ranges(const Scatter& scatter) {
  if (scatter.unit_square) return {{-kPadding, 1 + kPadding}, {-kPadding, 1 + kPadding}};
  return {padded_range(scatter.points.select(1, 0)), padded_range(scatter.points.select(1, 1))};
}

// The size of pictures on the chart: enlarged or reduced by a whole factor.
struct Enlargement {
  int64_t up = 1, down = 1;
  Enlargement(int64_t height, int64_t width) {
    const int64_t side = std::max(height, width);
    up = std::max<int64_t>(1, (kThumbnail + side / 2) / side);
    down = std::max<int64_t>(1, (side + kThumbnail / 2) / kThumbnail);
  }
  int64_t operator()(int64_t length) const { return std::max(kThinnest, length * up / down); }
};

// Returns x, y and 0xAARRGGBB of each point, where AA is the transparency, in a shuffled order.
std::string point_block(size_t panel, const Scatter& scatter, const Colouring& colouring) {
  const int64_t count = scatter.points.size(0);
  auto noise = generator(0, Stream::kPictures);
  const Tensor order = at::randperm(count, noise, at::kLong);
  const Tensor points = scatter.points.to(at::kDouble).index_select(0, order).contiguous();
  const Tensor values = scatter.values.defined()
                            ? scatter.values.to(at::kDouble).index_select(0, order).contiguous()
                            : at::zeros({count}, at::kDouble);
  const uint32_t transparency =
      count > static_cast<int64_t>(kFewScatterPoints) ? 0x60000000u : 0x30000000u;
  std::string block = fmt::format("$points{} << LATENT_END\n", panel);
  for (int64_t i = 0; i < count; ++i) {
    const double* place = points.const_data_ptr<double>() + 2 * i;
    const uint32_t shade = colouring.of(values.const_data_ptr<double>()[i]);
    block += fmt::format("{} {} {}\n", number(place[0]), number(place[1]), transparency | shade);
  }
  return block + "LATENT_END\n";
}

// Returns the width of the legend beside the points, 0 for none.
int64_t legend_width(const Scatter& scatter, const Colouring& colouring) {
  if (!scatter.values.defined()) return 0;
  if (scatter.classes.empty()) return kScaleWidth;
  int64_t width = text_width(scatter.legend, kLegendTextSize);
  for (const auto& [word, shade] : colouring.entries)
    width = std::max(width, text_width(word, kLegendTextSize));
  return std::min(width, kWidestLegend) + 50;
}

std::string legend_look(const Scatter& scatter, const Colouring& colouring, double x, double y) {
  if (!scatter.values.defined()) return "unset key\n";
  if (!scatter.classes.empty()) {
    return fmt::format(
        "set key at screen {:.6f}, screen {:.6f} left top Left reverse samplen 1 spacing 1.3\n"
        "set key title {} left\n",
        x, y, quoted(fit_text(scatter.legend, kLegendTextSize, kWidestLegend)));
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
                    hex(shade), quoted(fit_text(word, kLegendTextSize, kWidestLegend)));
  }
  return text;
}

// Returns a picture in the size that it has on the chart.
Picture thumbnail(const Tensor& image, const Enlargement& enlarge) {
  const Tensor sized = at::adaptive_avg_pool2d(image.to(at::kCPU, at::kFloat),
                                               {enlarge(image.size(1)), enlarge(image.size(2))});
  return picture(sized.expand({3, -1, -1}));
}

// Returns the pictures as parts of the plot command and the bytes that follow it, at whole pixels.
std::pair<std::string, std::string> pictures(const Scatter& scatter, const Range& x,
                                             const Range& y) {
  std::string plots, bytes;
  if (!scatter.thumbnails.defined()) return {plots, bytes};
  const Enlargement enlarge(scatter.thumbnails.size(2), scatter.thumbnails.size(3));
  const auto centre = [](double value, const Range& range, int64_t length) {
    const double corner =
        std::round((value - range.low) / range.pixel() - static_cast<double>(length) / 2);
    return range.low + (corner + static_cast<double>(length) / 2) * range.pixel();
  };
  for (int64_t i = 0; i < scatter.thumbnails.size(0); ++i) {
    const Picture image = thumbnail(scatter.thumbnails[i], enlarge);
    const Tensor place = scatter.thumbnail_points[i];
    plots += fmt::format(
        ", '-' binary array=({},{}) flipy dx={:.12g} dy={:.12g} center=({:.12g},{:.12g}) "
        "format='%uchar%uchar%uchar' with rgbimage notitle",
        image.width, image.height, x.pixel(), y.pixel(),
        centre(place[0].item<double>(), x, image.width),
        centre(place[1].item<double>(), y, image.height));
    bytes.append(reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size());
  }
  return {plots, bytes};
}

// The position of a panel on the whole chart, in pixels.
struct Place {
  size_t panel;
  int64_t left, width, height;  // width and height of the whole
  bool legend;

  double across(int64_t pixels) const { return double(left + pixels) / double(width); }
  double up(int64_t pixels) const { return double(pixels) / double(height); }
};

std::string panel_script(const Scatter& scatter, const Place& place) {
  const Colouring colouring(scatter.values, scatter.classes);
  const auto [x, y] = ranges(scatter);
  std::string script = axes(scatter.title, scatter.x_label, scatter.y_label);
  script += fmt::format(
      "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
      "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
      "set xrange [{}:{}]\nset yrange [{}:{}]\n",
      place.across(kLeft), place.across(kLeft + kSide), place.up(kBottom),
      place.up(kBottom + kSide), number(x.low), number(x.high), number(y.low), number(y.high));
  script += place.legend ? legend_look(scatter, colouring, place.across(kLeft + kSide + kGap),
                                       place.up(kBottom + kSide))
                         : "unset key\n";
  script += point_block(place.panel, scatter, colouring);
  const bool few = scatter.points.size(0) <= static_cast<int64_t>(kFewScatterPoints);
  const auto [plots, bytes] = pictures(scatter, x, y);
  script += fmt::format(
      "plot $points{} using 1:2:3 with points pointtype 7 pointsize {} linecolor rgb variable "
      "notitle",
      place.panel, few ? 0.8 : 0.45);
  return script + (place.legend ? legend_entries(scatter, colouring) : "") + plots + "\n" + bytes;
}

}  // namespace

void write_scatter(const std::filesystem::path& path, const Scatter& scatter) {
  write_scatters(path, {scatter});
}

void write_scatters(const std::filesystem::path& path, const std::vector<Scatter>& panels) {
  for (const auto& scatter : panels)
    expect_shape(scatter.points, {-1, 2}, "scatter");
  const Scatter& last = panels.back();
  const auto count = static_cast<int64_t>(panels.size());
  Place place{.panel = 0, .left = 0, .width = 0, .height = kBottom + kSide + kTop, .legend = false};
  place.width =
      count * (kLeft + kSide + kGap) + legend_width(last, Colouring(last.values, last.classes));
  std::string script =
      terminal(path, static_cast<int>(place.width), static_cast<int>(place.height));
  if (count > 1) script += "set multiplot\n";
  for (const auto& scatter : panels) {
    place.legend = &scatter == &last;
    script += panel_script(scatter, place);
    ++place.panel;
    place.left += kLeft + kSide + kGap;
  }
  run_gnuplot(script + (count > 1 ? "unset multiplot\n" : ""), path);
}

Tensor thumbnail_rows(const Scatter& scatter, int64_t height, int64_t width, int64_t most) {
  expect_shape(scatter.points, {-1, 2}, "scatter");
  const auto [x, y] = ranges(scatter);
  const Enlargement enlarge(height, width);
  const double room_x = static_cast<double>(enlarge(width) + 2) * x.pixel();
  const double room_y = static_cast<double>(enlarge(height) + 2) * y.pixel();
  const Tensor table = scatter.points.to(at::kDouble).contiguous();
  const double* at = table.const_data_ptr<double>();
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < table.size(0) && static_cast<int64_t>(rows.size()) < most; ++i) {
    const bool free = std::none_of(rows.begin(), rows.end(), [&](int64_t other) {
      return std::abs(at[2 * i] - at[2 * other]) < room_x &&
             std::abs(at[2 * i + 1] - at[2 * other + 1]) < room_y;
    });
    if (free) rows.push_back(i);
  }
  return at::tensor(rows, at::kLong);
}

}  // namespace latent::visual
