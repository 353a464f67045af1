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
constexpr int64_t kSide = 520, kLeastChartSide = 160;
constexpr int64_t kEntryHeight = 20;
constexpr int64_t kLeft = 88, kBottom = 62, kTop = 22, kGap = 22;
constexpr size_t kFewPointsOfPanel = 2000;

/// Where the panels lie, in units.
struct PanelPlaces {
  int64_t side = kSide;
  int64_t legend = 0;  // its width
  int64_t beside = 0;  // the width of the numbered pictures, with the gap before them
  int64_t top = 0;     // above the charts
  int64_t count = 1;

  int64_t left(int64_t panel) const { return panel * (kLeft + side + kGap) + kLeft; }
  int64_t pictures_left() const { return count * (kLeft + side + kGap) + legend; }
  int64_t width() const { return pictures_left() + beside; }
  int64_t height() const { return kBottom + side + top; }
  double across(int64_t units) const {
    return static_cast<double>(units) / static_cast<double>(width());
  }
  double up(int64_t units) const {
    return static_cast<double>(units) / static_cast<double>(height());
  }
};

int64_t title_lines(const std::vector<Scatter>& panels, int64_t side) {
  size_t most = 0;
  for (const auto& panel : panels)
    most = std::max(most, wrap_text(panel.title, kTitleTextUnits, side).size());
  return static_cast<int64_t>(most);
}

// The units above the charts.
int64_t room_above(const std::vector<Scatter>& panels, int64_t side, const Look& look) {
  const int64_t own = kTop + title_lines(panels, side) * (kTitleTextUnits + 4);
  return panels.size() > 1 && !look.title.empty() ? own + 2 * kTitleTextUnits : own;
}

// Whether the legend of the last panel is that of all.
bool shares_legend(const std::vector<Scatter>& panels) {
  return std::all_of(panels.begin(), panels.end(), [&](const Scatter& panel) {
    return panel.classes == panels.back().classes && panel.legend == panels.back().legend;
  });
}

// Places panels whose text is `larger` times as large as the natural one: the charts shrink.
PanelPlaces place_panels(const std::vector<Scatter>& panels, const Look& look) {
  const Scatter& last = panels.back();
  PanelPlaces at;
  at.count = static_cast<int64_t>(panels.size());
  at.legend = legend_width(last, Colouring(last.values, last.classes));
  if (!shares_legend(panels)) at.legend = 0;
  at.beside = last.marked.defined() ? at.side + kGap : 0;
  at.top = room_above(panels, at.side, look);
  return at;
}

void shrink(PanelPlaces& at, const std::vector<Scatter>& panels, const Look& look, int64_t width,
            const std::filesystem::path& path) {
  const int64_t sides = at.count + (at.beside > 0 ? 1 : 0);
  at.side -= (at.width() - width + sides - 1) / sides;
  at.top = room_above(panels, at.side, look);
  const auto entries = static_cast<int64_t>(at.legend > 0 ? panels.back().classes.size() + 1 : 0);
  expect_room(path, at.side, std::max(kLeastChartSide, entries * kEntryHeight));
  if (at.beside > 0) at.beside = at.side + kGap;
}

std::string panel_script(size_t index, const Scatter& scatter, const PanelPlaces& place,
                         bool legend, double pixels) {
  const Colouring colouring(scatter.values, scatter.classes);
  const auto [x, y] = ranges_of(scatter);
  const PanelAxes sides{x, y, static_cast<double>(place.side)};
  const int64_t left = place.left(static_cast<int64_t>(index)), right = left + place.side;
  std::string script = axes(scatter.title, fit_text(scatter.x_label, kTextUnits, place.side),
                            fit_text(scatter.y_label, kTextUnits, place.side), place.side);
  script += fmt::format(
      "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
      "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
      "set xrange [{}:{}]\nset yrange [{}:{}]\n",
      place.across(left), place.across(right), place.up(kBottom), place.up(kBottom + place.side),
      number(x.low), number(x.high), number(y.low), number(y.high));
  script += legend ? legend_look(scatter, colouring, place.across(right + kGap),
                                 place.up(kBottom + place.side))
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

// Returns the numbered pictures as a grid that fits into width x height pixels.
Picture numbered(const Tensor& images, int64_t width, int64_t height) {
  GridOptions options{.gap = 4, .smooth = true, .width = width};
  const int64_t count = images.size(0);
  for (int64_t i = 1; i <= count; ++i)
    options.cell_captions.push_back(std::to_string(i));
  options.columns = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  const Tensor colour = images.expand({-1, 3, -1, -1});
  Picture drawn = grid(colour, options);
  while (drawn.height > height && options.columns < count) {
    ++options.columns;
    drawn = grid(colour, options);
  }
  return drawn;
}

std::string pictures_script(const Scatter& scatter, const PanelPlaces& place, double pixels) {
  const auto length = static_cast<int64_t>(std::llround(static_cast<double>(place.side) * pixels));
  const Picture drawn = numbered(scatter.marked, length, length);
  const double height = static_cast<double>(drawn.height) / pixels;
  const double top = place.up(kBottom + place.side);
  const double bottom = std::max(0.0, top - height / static_cast<double>(place.height()));
  std::string script = fmt::format(
      "unset title\nunset xlabel\nunset ylabel\nunset border\nunset tics\nunset grid\nunset key\n"
      "unset colorbox\nset lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
      "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
      "set xrange [-0.5:{}]\nset yrange [-0.5:{}]\n",
      place.across(place.pictures_left()), place.across(place.pictures_left() + place.side), bottom,
      top, number(static_cast<double>(drawn.width) - 0.5),
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
  PanelPlaces place = place_panels(panels, look);
  const Canvas canvas(path, look, static_cast<double>(place.width()));
  shrink(place, panels, look, canvas.width(), path);
  const bool several = panels.size() > 1 || place.beside > 0;
  std::string script = canvas.terminal(place.width(), place.height());
  if (several) script += "set multiplot";
  if (panels.size() > 1 && !look.title.empty())
    script += " title " + quoted(fit_text(look.title, kTitleTextUnits, place.width() - 40)) +
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
