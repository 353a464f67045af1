#include "visual/table_plots.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "image/text.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int64_t kScatterWidth = 760, kScatterHeight = 540;  // units, see Canvas
constexpr int64_t kTraceWidth = 240, kTraceHeight = 150;      // of one trace
constexpr int64_t kTraceTitleWidth = 600, kTraceTitleHeight = 40;
constexpr int64_t kCaptionTextSize = 11, kCaptionMargin = 24;
constexpr double kRangeMargin = 0.05;  // of a range that is given
constexpr int64_t kManyPoints = 100;   // more are drawn smaller

// Returns a line for a row: its index, then its values.
std::string point_line(const Rows& rows, int64_t i) {
  const auto values = rows.values.accessor<double, 2>();
  std::string line = std::to_string(i);
  for (int64_t d = 0; d < values.size(1); ++d)
    line.append(" ").append(number(values[i][d]));
  return line.append("\n");
}

// Returns the name of a data block: gnuplot allows no spaces in it.
std::string block_name(const Rows& rows) {
  std::string name = rows.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

std::string points_block(const Rows& rows) {
  std::string block = fmt::format("${} << LATENT_END\n", block_name(rows));
  for (int64_t i = 0; i < rows.values.size(0); ++i)
    block += point_line(rows, i);
  return block + "LATENT_END\n";
}

// Returns segments, which two blank lines separate.
std::string segments_block(const Rows& from, const Rows& to) {
  std::string block = "$segments << LATENT_END\n";
  for (int64_t i = 0; i < from.values.size(0); ++i)
    block += point_line(from, i) + point_line(to, i) + "\n\n";
  return block + "LATENT_END\n";
}

std::string notes_block(const Joined& pairs) {
  std::string block = "$notes << LATENT_END\n";
  for (size_t i = 0; i < pairs.notes.size(); ++i) {
    std::string line = point_line(pairs.from, static_cast<int64_t>(i));
    line.back() = ' ';
    block += line + pairs.notes[i] + "\n";
  }
  return block + "LATENT_END\n";
}

// Returns the first rows as lines over the columns' numbers.
std::string trace_blocks(const Rows& rows, int64_t count) {
  std::string script;
  const auto values = rows.values.accessor<double, 2>();
  for (int64_t i = 0; i < count; ++i) {
    script += fmt::format("${}{} << LATENT_END\n", block_name(rows), i);
    for (int64_t d = 0; d < values.size(1); ++d)
      script += std::to_string(d + 1) + " " + number(values[i][d]) + "\n";
    script += "LATENT_END\n";
  }
  return script;
}

// Returns the same range of values for every panel.
std::string trace_axes(const std::vector<Rows>& sets, int64_t count, bool titled,
                       const Look& look) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& rows : sets) {
    const Tensor finite = rows.values.narrow(0, 0, count).nan_to_num(0.0, 0.0, 0.0);
    low = std::min(low, finite.min().item<double>());
    high = std::max(high, finite.max().item<double>());
  }
  if (!look.ranges.empty()) {
    low = look.ranges.front().first, high = look.ranges.front().second;
    for (const auto& [least, most] : look.ranges)
      low = std::min(low, least), high = std::max(high, most);
  }
  const double room = high > low ? 0.05 * (high - low) : 1;
  const int64_t columns = sets.front().values.size(1);
  return fmt::format("set yrange [{}:{}]\nset xrange [1:{}]\nset xtics (1, {}) offset 0,0.5\n",
                     number(low - room), number(high + room), columns, columns) +
         "set border 3 linecolor '#888888'\nset tics nomirror out font ',8'\nunset key\n"
         "set lmargin 6\nset rmargin 1.5\nset bmargin 1.8\n" +
         fmt::format("set tmargin {}\n", titled ? 2.6 : 0.7);
}

// Returns the ranges of the axes that show the columns; "" if the points give them.
std::string point_ranges(const Look& look, int64_t dimensions) {
  std::string script;
  const std::string names = dimensions == 1 ? "y" : "xyz";
  for (size_t i = 0; i < look.ranges.size() && i < names.size(); ++i) {
    const auto [low, high] = look.ranges[i];
    const double room = high > low ? kRangeMargin * (high - low) : 1;
    script +=
        fmt::format("set {}range [{}:{}]\n", names[i], number(low - room), number(high + room));
  }
  return script;
}

std::string caption_commands(const Caption& caption) {
  const auto fitted = [](const std::string& text) {
    return quoted(fit_text(text, kCaptionTextSize, kTraceWidth - kCaptionMargin));
  };
  return fmt::format(
      "set title {} font ',8' offset 0,-0.8\n"
      "set label 1 {} at graph 0.5, graph 1 center offset 0,1.7 font ',8' textcolor '#666666'\n",
      fitted(caption.text), fitted(caption.group));
}

}  // namespace

void write_scatter(const std::filesystem::path& path, const std::vector<Rows>& sets,
                   const std::optional<Joined>& pairs, const Look& look) {
  const int64_t dimensions = sets.front().values.size(1);
  const int64_t count = sets.front().values.size(0);
  const std::string use = dimensions == 1 ? "1:2" : dimensions == 2 ? "2:3" : "2:3:4";
  const Canvas canvas(path, look, kScatterWidth, kScatterHeight);
  std::string script = canvas.terminal(canvas.height_or(canvas.shrunk(kScatterHeight))) +
                       point_ranges(look, dimensions);
  if (!look.title.empty()) script += "set title " + quoted(look.title) + " font ',13'\n";
  script += "set border " + std::string(dimensions == 3 ? "4095" : "3") +
            " linecolor '#888888'\nset tics nomirror out\n"
            "set grid linecolor '#e2e2e2' linetype 1 linewidth 1\n"
            "set key outside right top vertical Left reverse spacing 1.2\n";
  script += dimensions == 1 ? "set xlabel 'row'\nset ylabel 'column 1'\n"
                            : "set xlabel 'column 1'\nset ylabel 'column 2'\n";
  if (dimensions == 3) {
    script +=
        "set zlabel 'column 3' rotate parallel\nset tics font ',8'\nset view 65, 35\n"
        "set xyplane relative 0.05\n"
        "set xlabel offset 0,-0.5\nset ylabel offset 0,-0.5\n";
  }
  std::string plot;
  if (pairs) {
    script += segments_block(pairs->from, pairs->to);
    plot = fmt::format("$segments using {} with lines linecolor '#bbbbbb' notitle, ", use);
  }
  if (pairs && !pairs->notes.empty()) {
    script += notes_block(*pairs);
    plot += fmt::format(
        "$notes using {}:{} with labels left offset 0.8,0.4 font ',8' textcolor '#666666' "
        "notitle, ",
        use, dimensions + 2);
  }
  const double size = count <= kManyPoints ? 0.9 : 0.4;
  for (const auto& rows : sets) {
    script += points_block(rows);
    plot += fmt::format(
        "{}${} using {} with points pointtype 7 pointsize {} linecolor '{}' title '{}'",
        &rows == &sets.front() ? "" : ", ", block_name(rows), use, size, rows.colour, rows.name);
  }
  run_gnuplot(script + (dimensions == 3 ? "splot " : "plot ") + plot + "\n", path);
}

void write_panels(const std::filesystem::path& path, const std::vector<Rows>& sets,
                  const std::vector<int64_t>& panels, int64_t columns, const std::string& title,
                  const std::vector<Caption>& captions, const Look& look) {
  const auto count = static_cast<int64_t>(panels.size());
  const int64_t rows_drawn = *std::max_element(panels.begin(), panels.end()) + 1;
  columns = std::clamp<int64_t>(columns, 1, count);
  const int64_t lines = (count + columns - 1) / columns;
  const int64_t line_height = captions.empty() ? kTraceHeight : kTraceHeight + kCaptionTextSize;
  const int64_t width = std::max(columns * kTraceWidth, kTraceTitleWidth);
  const int64_t height = lines * line_height + kTraceTitleHeight;
  const auto high = static_cast<double>(height);
  const Canvas canvas(path, look, static_cast<double>(width), high);
  std::string script = canvas.terminal(canvas.height_or(canvas.shrunk(high))) +
                       trace_axes(sets, rows_drawn, !captions.empty(), look);
  for (const auto& rows : sets)
    script += trace_blocks(rows, rows_drawn);
  script += fmt::format("set multiplot title {} layout {},{}\n",
                        quoted(look.title.empty() ? title : look.title), lines, columns);
  for (const int64_t row : panels) {
    if (row < 0) {
      script += "set multiplot next\n";
      continue;
    }
    if (!captions.empty()) script += caption_commands(captions[static_cast<size_t>(row)]);
    std::string plot;
    for (const auto& rows : sets) {
      plot += fmt::format("{}${}{} using 1:2 with lines linewidth 1.5 linecolor '{}'",
                          plot.empty() ? "plot " : ", ", block_name(rows), row, rows.colour);
    }
    script += plot + "\n";
  }
  run_gnuplot(script + "unset multiplot\n", path);
}

}  // namespace latent::visual
