#include "visual/scatter.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"
#include "visual/grid.h"
#include "visual/scatter_parts.h"

namespace latent::visual {
namespace {

// Units, see Canvas.
constexpr int64_t kSideOfTwo = 400, kSideOfMore = 240, kLeastChartSide = 160;
constexpr int64_t kMostColumns = 3;
constexpr int64_t kEntryHeight = 20;
constexpr int64_t kLeft = 100, kBottom = 62, kTop = 22, kGap = 22;
constexpr size_t kFewPointsOfPanel = 2000;

/// Where the panels lie, in units: in rows, in the middle of the picture.
struct PanelPlaces {
  int64_t columns = 1, rows = 1;
  int64_t side = kSide;
  int64_t legend = 0;  // its width
  int64_t beside = 0;  // the width of the numbered pictures, with the gap before them
  int64_t top = 0;     // above each chart
  int64_t head = 0;    // above all charts
  int64_t whole_width = 0, whole_height = 0;

  int64_t width() const { return columns * (kLeft + side + kGap) + legend + beside; }
  int64_t height() const { return head + rows * (kBottom + side + top); }
  int64_t left(int64_t panel) const {
    return (whole_width - width()) / 2 + panel % columns * (kLeft + side + kGap) + kLeft;
  }
  int64_t bottom(int64_t panel) const {
    const int64_t row = rows - 1 - panel / columns;
    return (whole_height - height()) / 2 + row * (kBottom + side + top) + kBottom;
  }
  int64_t right() const { return left(columns - 1) + side; }  // of the charts
  int64_t pictures_left() const { return right() + kGap + legend; }
  double across(int64_t units) const {
    return static_cast<double>(units) / static_cast<double>(whole_width);
  }
  double up(int64_t units) const {
    return static_cast<double>(units) / static_cast<double>(whole_height);
  }
};

// The units above a chart: its title in lines.
int64_t room_above(const std::vector<Scatter>& panels, int64_t side) {
  size_t most = 0;
  for (const auto& panel : panels)
    most = std::max(most, wrap_text(panel.title, kTitleTextUnits, side).size());
  return kTop + static_cast<int64_t>(most) * (kTitleTextUnits + 4);
}

// Whether the legend of the last panel is that of all.
bool shares_legend(const std::vector<Scatter>& panels) {
  return std::all_of(panels.begin(), panels.end(), [&](const Scatter& panel) {
    return panel.classes == panels.back().classes && panel.legend == panels.back().legend;
  });
}

// The places at the natural size. Several charts are smaller, so that their text is as large as
// that of one in a picture of the same width.
PanelPlaces natural_places(const std::vector<Scatter>& panels, const Look& look) {
  const Scatter& last = panels.back();
  const auto count = static_cast<int64_t>(panels.size());
  PanelPlaces at;
  at.rows = (count + kMostColumns - 1) / kMostColumns;
  at.columns = (count + at.rows - 1) / at.rows;
  at.side = at.columns == 1 ? kSide : at.columns == 2 ? kSideOfTwo : kSideOfMore;
  if (shares_legend(panels)) at.legend = legend_width(last, Colouring(last.values, last.classes));
  at.beside = last.marked.defined() ? at.side + kGap : 0;
  at.top = room_above(panels, at.side);
  at.head = count > 1 && !look.title.empty() ? 2 * kTitleTextUnits : 0;
  at.whole_width = at.width();
  at.whole_height = at.height();
  return at;
}

int64_t floor_of(int64_t value, int64_t parts) {
  return value >= 0 ? value / parts : -((-value + parts - 1) / parts);
}

// Makes the charts as large as the canvas has room for.
void fill_canvas(PanelPlaces& at, const std::vector<Scatter>& panels, const Canvas& canvas,
                 const std::filesystem::path& path) {
  at.whole_width = canvas.width();
  at.whole_height = canvas.height_or(0);
  const int64_t charts_across = at.columns + (at.beside > 0 ? 1 : 0);
  // Twice: in narrower charts titles may take more lines.
  for (int pass = 0; pass < 2; ++pass) {
    int64_t grown = floor_of(at.whole_width - at.width(), charts_across);
    if (at.whole_height > 0)
      grown = std::min(grown, floor_of(at.whole_height - at.height(), at.rows));
    at.side += grown;
    const auto entries = static_cast<int64_t>(at.legend > 0 ? panels.back().classes.size() + 1 : 0);
    expect_room(path, at.side, std::max(kLeastChartSide, entries * kEntryHeight));
    at.top = room_above(panels, at.side);
    if (at.beside > 0) at.beside = at.side + kGap;
  }
  if (at.whole_height == 0) at.whole_height = at.height();
}

std::string panel_script(size_t index, const Scatter& scatter, const PanelPlaces& place,
                         bool legend, double pixels) {
  const Colouring colouring(scatter.values, scatter.classes);
  const auto [x, y] = ranges_of(scatter);
  const PanelAxes sides{x, y, static_cast<double>(place.side)};
  const auto panel = static_cast<int64_t>(index);
  const int64_t left = place.left(panel), bottom = place.bottom(panel);
  std::string script = axes(scatter.title, fit_text(scatter.x_label, kTextUnits, place.side),
                            fit_text(scatter.y_label, kTextUnits, place.side), place.side);
  script += fmt::format(
      "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
      "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
      "set xrange [{}:{}]\nset yrange [{}:{}]\n",
      place.across(left), place.across(left + place.side), place.up(bottom),
      place.up(bottom + place.side), number(x.low), number(x.high), number(y.low), number(y.high));
  script += legend ? legend_look(scatter, colouring, place.across(place.right() + kGap),
                                 place.up(place.bottom(0) + place.side))
                   : "unset key\n";
  script += point_blocks(index, scatter, colouring);
  const bool few = scatter.points.size(0) <= static_cast<int64_t>(kFewPointsOfPanel);
  const InlineImages behind = background(scatter, sides, pixels);
  const InlineImages over = thumbnails(scatter, sides, pixels);
  script += fmt::format(
      "plot {}$points{} using 1:2:3 with points pointtype 7 pointsize {} linecolor rgb variable "
      "notitle",
      behind.plots, index, few ? 0.8 : 0.45);
  return script + (legend ? legend_entries(scatter, colouring) : "") + over.plots +
         mark_plots(index, scatter) + "\n" + behind.bytes + over.bytes;
}

// Returns the numbered pictures as a grid that fills a square of `length` pixels.
Picture numbered(const Tensor& images, int64_t length) {
  GridOptions options{.gap = 4, .smooth = true, .width = length, .height = length};
  for (int64_t i = 1; i <= images.size(0); ++i)
    options.cell_captions.push_back(std::to_string(i));
  return grid(images.expand({-1, 3, -1, -1}), options);
}

std::string pictures_script(const Scatter& scatter, const PanelPlaces& place, double pixels) {
  const Picture drawn =
      numbered(scatter.marked, std::llround(static_cast<double>(place.side) * pixels));
  std::string script = fmt::format(
      "unset title\nunset xlabel\nunset ylabel\nunset border\nunset tics\nunset grid\nunset key\n"
      "unset colorbox\nset lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
      "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
      "set xrange [-0.5:{}]\nset yrange [-0.5:{}]\n",
      place.across(place.pictures_left()), place.across(place.pictures_left() + place.side),
      place.up(place.bottom(0)), place.up(place.bottom(0) + place.side),
      number(static_cast<double>(drawn.width) - 0.5),
      number(static_cast<double>(drawn.height) - 0.5));
  script += fmt::format(
      "plot '-' binary array=({},{}) flipy format='%uchar%uchar%uchar' with rgbimage notitle\n",
      drawn.width, drawn.height);
  script.append(reinterpret_cast<const char*>(drawn.pixels.data()), drawn.pixels.size());
  return script;
}

}  // namespace

void write_scatter(const std::filesystem::path& path, const Scatter& scatter, const Look& look) {
  Scatter titled = scatter;
  if (!look.title.empty()) titled.title = look.title;
  write_scatters(path, {titled}, look);
}

void write_scatters(const std::filesystem::path& path, const std::vector<Scatter>& panels,
                    const Look& look) {
  for (const auto& scatter : panels)
    expect_shape(scatter.points, {-1, 2}, "scatter");
  PanelPlaces place = natural_places(panels, look);
  const Canvas canvas(path, look, static_cast<double>(place.width()),
                      static_cast<double>(place.height()));
  fill_canvas(place, panels, canvas, path);
  const bool several = panels.size() > 1 || place.beside > 0;
  std::string script = canvas.terminal(place.whole_height);
  if (several) script += "set multiplot";
  if (panels.size() > 1 && !look.title.empty())
    script += " title " + quoted(fit_text(look.title, kTitleTextUnits, place.whole_width - 40)) +
              " font ',14'";
  if (several) script += "\n";
  const double pixels = canvas.pixels_per_unit();
  for (size_t i = 0; i < panels.size(); ++i)
    script += panel_script(i, panels[i], place, place.legend > 0 && i + 1 == panels.size(), pixels);
  if (place.beside > 0) script += pictures_script(panels.back(), place, pixels);
  run_gnuplot(script + (several ? "unset multiplot\n" : ""), path);
}

Tensor thumbnail_rows(const Scatter& scatter, int64_t height, int64_t width, int64_t most) {
  expect_shape(scatter.points, {-1, 2}, "scatter");
  const auto [x, y] = ranges_of(scatter);
  const PanelAxes sides{x, y, static_cast<double>(kSide)};
  const Enlargement enlarge(height, width);
  const double room_x = static_cast<double>(enlarge(width) + 2) * sides.x_unit();
  const double room_y = static_cast<double>(enlarge(height) + 2) * sides.y_unit();
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

Tensor grid_points(const Scatter& scatter, int64_t side) {
  const auto [x, y] = ranges_of(scatter);
  const Tensor share = (at::arange(side, at::kDouble) + 0.5) / static_cast<double>(side);
  const Tensor across = x.low + (x.high - x.low) * share;
  const Tensor down = y.high - (y.high - y.low) * share;
  return at::stack({across.repeat({side}), down.repeat_interleave(side)}, 1);
}

}  // namespace latent::visual
