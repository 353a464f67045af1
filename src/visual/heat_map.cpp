#include "visual/heat_map.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "image/text.h"
#include "visual/colours.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int64_t kMapTextSize = 15, kMapTitleSize = 17;
constexpr int64_t kWidestRowName = 220;
constexpr int64_t kMapTop = 60, kMapBottom = 66, kMapRight = 130, kMapGap = 70;
constexpr int64_t kNumberedCell = 56, kNumberedHeight = 36;  // room for "0.42"
constexpr int64_t kManyColumns = 24, kManyRows = 40;         // more are drawn without numbers
constexpr int64_t kMapLength = 1300;                         // of a side with many cells
constexpr double kDark = 0.6;                                // text in cells below it is white

struct MapSize {
  int64_t left, cell_width, cell_height, width, height;
  bool numbered;
  double across = 0, down = 0;  // units of the whole picture, in whose middle the map stands

  double from_left(int64_t units) const {
    return (static_cast<double>(units) + (across - static_cast<double>(width)) / 2) / across;
  }
  double from_below(int64_t units) const {
    return (static_cast<double>(units) + (down - static_cast<double>(height)) / 2) / down;
  }
};

MapSize size_of(const HeatMap& map) {
  const int64_t rows = map.values.size(0), columns = map.values.size(1);
  MapSize size{};
  int64_t names = 0;
  for (const auto& name : map.rows)
    names = std::max(names, text_width(name, kMapTextSize));
  size.left = std::min(names, kWidestRowName) + kMapGap;
  size.numbered = columns <= kManyColumns && rows <= kManyRows;
  size.cell_width = size.numbered ? kNumberedCell : std::max<int64_t>(3, kMapLength / columns);
  size.cell_height =
      size.numbered ? kNumberedHeight : std::clamp<int64_t>(kMapLength / rows, 12, kNumberedHeight);
  // A map of few columns still leaves room for its title.
  const int64_t title = text_width(map.title, kMapTitleSize) + 40;
  size.width = std::max(size.left + columns * size.cell_width + kMapRight, title);
  size.height = kMapTop + rows * size.cell_height + kMapBottom;
  return size;
}

// Returns "set xtics ('z0' 0, ...)", of at most `most` names, evenly spread.
std::string name_tics(const std::string& axis, const std::vector<std::string>& names,
                      int64_t most) {
  const auto count = static_cast<int64_t>(names.size());
  const int64_t stride = (count + most - 1) / most;
  std::string text;
  for (int64_t i = 0; i < count; i += stride) {
    const auto name = fit_text(names[static_cast<size_t>(i)], kMapTextSize, kWidestRowName);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", quoted(name), i);
  }
  return fmt::format("set {} ({})\n", axis, text);
}

// A place outside the map: gnuplot crashes on a block of labels without any.
constexpr const char* kNowhere = "-9 -9 0\nLATENT_END\n";

// Returns lines "column row colour", and the numbers as text for dark and for bright cells.
std::string map_blocks(const HeatMap& map) {
  const Tensor values = map.values.to(at::kDouble).contiguous();
  const auto value = values.accessor<double, 2>();
  std::string cells = "$cells << LATENT_END\n", dark = "$dark << LATENT_END\n",
              bright = "$bright << LATENT_END\n";
  for (int64_t r = 0; r < values.size(0); ++r) {
    for (int64_t c = 0; c < values.size(1); ++c) {
      const double here = std::clamp(value[r][c], 0.0, 1.0);
      cells += fmt::format("{} {} {}\n", c, r, scale_colour(here));
      (here < kDark ? dark : bright) += fmt::format("{} {} {:.2f}\n", c, r, here);
    }
  }
  return cells + "LATENT_END\n" + dark + kNowhere + bright + kNowhere;
}

std::string map_look(const HeatMap& map, const MapSize& size) {
  const auto rows = map.values.size(0), columns = map.values.size(1);
  const int64_t right = size.left + columns * size.cell_width;
  std::string steps;
  for (int i = 0; i <= 16; ++i)
    steps += fmt::format("{}{} '{}'", i ? ", " : "", i, hex(scale_colour(i / 16.0)));
  return axes(map.title, map.column_label, map.row_label, size.width) +
         fmt::format(
             "unset grid\nunset key\nset tics scale 0\n"
             "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\n"
             "set bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n"
             "set xrange [-0.5:{}]\nset yrange [{}:-0.5]\n",
             size.from_left(size.left), size.from_left(right), size.from_below(kMapBottom),
             size.from_below(size.height - kMapTop), number(double(columns) - 0.5),
             number(double(rows) - 0.5)) +
         name_tics("xtics", map.columns, std::max<int64_t>(1, columns * size.cell_width / 40)) +
         name_tics("ytics", map.rows, std::max<int64_t>(1, rows * size.cell_height / 12)) +
         fmt::format(
             "set palette defined ({})\nset cbrange [0:1]\nset cblabel {}\n"
             "set colorbox user origin screen {:.6f}, screen {:.6f} size screen {:.6f}, screen "
             "{:.6f}\n",
             steps, quoted(map.legend), size.from_left(right + 20), size.from_below(kMapBottom),
             16 / size.across, static_cast<double>(rows * size.cell_height) / size.down);
}

}  // namespace

void write_heat_map(const std::filesystem::path& path, const HeatMap& drawn, const Look& look) {
  HeatMap map = drawn;
  if (!look.title.empty()) map.title = look.title;
  expect_shape(map.values,
               {static_cast<int64_t>(map.rows.size()), static_cast<int64_t>(map.columns.size())},
               "heat map");
  MapSize size = size_of(map);
  const auto high = static_cast<double>(size.height);
  const Canvas canvas(path, look, static_cast<double>(size.width), high);
  size.across = canvas.across();
  size.down = canvas.down();
  std::string script =
      canvas.terminal(canvas.height_or(canvas.shrunk(high))) + map_look(map, size) +
      map_blocks(map) +
      "plot $cells using 1:2:(0.5):(0.5):3 with boxxyerror fill solid 1 noborder linecolor rgb "
      "variable notitle";
  if (size.numbered) {
    script +=
        ", $dark using 1:2:3 with labels font ',9' textcolor '#ffffff' notitle"
        ", $bright using 1:2:3 with labels font ',9' textcolor '#000000' notitle";
  }
  // A palette draws its scale only if something uses it.
  run_gnuplot(script + ", NaN with points palette notitle\n", path);
}

}  // namespace latent::visual
