#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "image/text.h"
#include "visual/gallery.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int kScatterWidth = 900, kScatterHeight = 640;  // of a scatter
constexpr int64_t kTraceWidth = 240, kTraceHeight = 150;  // of one trace
constexpr int64_t kTraceTitleWidth = 600, kTraceTitleHeight = 40;
constexpr int64_t kCaptionTextSize = 11, kCaptionMargin = 24;
constexpr int64_t kMostPanels = 64;
constexpr int64_t kMostNoted = 40;  // points that carry their note
constexpr int64_t kPanelColumns = 8, kPairColumns = 4, kMostPairColumns = 5;
constexpr int64_t kJoined = 100;  // up to so many points are joined with their reconstructions
// Source: Okabe and Ito 2008, "Color universal design".
constexpr const char* kDataColour = "#0072b2";
constexpr const char* kModelColour = "#d55e00";
const std::vector<const char*> kGroupColours{"#cc79a7", "#0072b2", "#009e73"};

/// Rows of one kind.
struct Rows {
  std::string name;
  const char* colour;
  Tensor values;  // [N, D] float64 on the host
};

Rows data(const Tensor& rows) {
  return {"data", kDataColour, rows.detach().to(at::kCPU, at::kDouble).flatten(1).contiguous()};
}
Rows model(const Tensor& rows) {
  return {"model", kModelColour, rows.detach().to(at::kCPU, at::kDouble).flatten(1).contiguous()};
}

// A line for each row: its index, then its values.
std::string point_line(const Rows& rows, int64_t i) {
  const auto values = rows.values.accessor<double, 2>();
  std::string line = std::to_string(i);
  for (int64_t d = 0; d < values.size(1); ++d)
    line.append(" ").append(number(values[i][d]));
  return line.append("\n");
}

// "most anomalous" as gnuplot can call it.
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

// Two blank lines part a segment from the next.
std::string segments_block(const Rows& from, const Rows& to) {
  std::string block = "$segments << LATENT_END\n";
  for (int64_t i = 0; i < from.values.size(0); ++i)
    block += point_line(from, i) + point_line(to, i) + "\n\n";
  return block + "LATENT_END\n";
}

/// Pairs of points to be joined, and a word beside the first of each.
struct Joined {
  Rows from, to;
  std::vector<std::string> notes = {};  // as many as points, or none
};

std::string notes_block(const Joined& pairs) {
  std::string block = "$notes << LATENT_END\n";
  for (size_t i = 0; i < pairs.notes.size(); ++i) {
    std::string line = point_line(pairs.from, static_cast<int64_t>(i));
    line.back() = ' ';
    block += line + pairs.notes[i] + "\n";
  }
  return block + "LATENT_END\n";
}

// One column over the row's number, two as a plane, three as a space. pairs: none, or few.
void write_scatter(const std::filesystem::path& path, const std::vector<Rows>& sets,
                   const std::optional<Joined>& pairs) {
  const int64_t dimensions = sets.front().values.size(1);
  const int64_t count = sets.front().values.size(0);
  const std::string use = dimensions == 1 ? "1:2" : dimensions == 2 ? "2:3" : "2:3:4";
  std::string script = terminal(path, kScatterWidth, kScatterHeight);
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
  const double size = count <= kJoined ? 0.9 : 0.4;
  for (const auto& rows : sets) {
    script += points_block(rows);
    plot += fmt::format(
        "{}${} using {} with points pointtype 7 pointsize {} linecolor '{}' title '{}'",
        &rows == &sets.front() ? "" : ", ", block_name(rows), use, size, rows.colour, rows.name);
  }
  run_gnuplot(script + (dimensions == 3 ? "splot " : "plot ") + plot + "\n", path);
}

// The rows from `first` on as lines over the columns' numbers.
std::string trace_blocks(const Rows& rows, int64_t count) {
  std::string script;
  const auto values = rows.values.accessor<double, 2>();
  for (int64_t i = 0; i < count; ++i) {
    script += fmt::format("${}{} << LATENT_END\n", rows.name, i);
    for (int64_t d = 0; d < values.size(1); ++d)
      script += std::to_string(d + 1) + " " + number(values[i][d]) + "\n";
    script += "LATENT_END\n";
  }
  return script;
}

std::string legend(const std::vector<Rows>& sets, int64_t shown) {
  const int64_t count = sets.front().values.size(0);
  const std::string some =
      shown < count ? fmt::format("the first {} of {} rows", shown, count) : "rows";
  return sets.size() == 2 ? some + " over their columns: data blue, the model's orange"
                          : some + " of the model over their columns";
}

// The same range of values for every panel.
std::string trace_axes(const std::vector<Rows>& sets, int64_t count, bool titled) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& rows : sets) {
    const Tensor finite = rows.values.narrow(0, 0, count).nan_to_num(0.0, 0.0, 0.0);
    low = std::min(low, finite.min().item<double>());
    high = std::max(high, finite.max().item<double>());
  }
  const double room = high > low ? 0.05 * (high - low) : 1;
  const int64_t columns = sets.front().values.size(1);
  return fmt::format("set yrange [{}:{}]\nset xrange [1:{}]\nset xtics (1, {}) offset 0,0.5\n",
                     number(low - room), number(high + room), columns, columns) +
         "set border 3 linecolor '#888888'\nset tics nomirror out font ',8'\nunset key\n"
         "set lmargin 6\nset rmargin 1.5\nset bmargin 1.8\n" +
         fmt::format("set tmargin {}\n", titled ? 2.6 : 0.7);
}

/// What stands above a panel.
struct Caption {
  std::string group, text;
};

std::string caption_commands(const Caption& caption) {
  const auto fitted = [](const std::string& text) {
    return quoted(fit_text(text, kCaptionTextSize, kTraceWidth - kCaptionMargin));
  };
  return fmt::format(
      "set title {} font ',8' offset 0,-0.8\n"
      "set label 1 {} at graph 0.5, graph 1 center offset 0,1.7 font ',8' textcolor '#666666'\n",
      fitted(caption.text), fitted(caption.group));
}

// A panel for each row, all to the same scale.  panels: the row that each shows, below 0 for none;
// captions: of the rows, or none.
void write_panels(const std::filesystem::path& path, const std::vector<Rows>& sets,
                  const std::vector<int64_t>& panels, int64_t columns, const std::string& title,
                  const std::vector<Caption>& captions) {
  const auto count = static_cast<int64_t>(panels.size());
  const int64_t rows_drawn = *std::max_element(panels.begin(), panels.end()) + 1;
  columns = std::clamp<int64_t>(columns, 1, count);
  const int64_t lines = (count + columns - 1) / columns;
  const int64_t line_height = captions.empty() ? kTraceHeight : kTraceHeight + kCaptionTextSize;
  const auto width = static_cast<int>(std::max(columns * kTraceWidth, kTraceTitleWidth));
  const auto height = static_cast<int>(lines * line_height + kTraceTitleHeight);
  std::string script =
      terminal(path, width, height) + trace_axes(sets, rows_drawn, !captions.empty());
  for (const auto& rows : sets)
    script += trace_blocks(rows, rows_drawn);
  script += fmt::format("set multiplot title {} layout {},{}\n", quoted(title), lines, columns);
  for (const int64_t row : panels) {
    if (row < 0) {
      script += "set multiplot next\n";
      continue;
    }
    if (!captions.empty()) script += caption_commands(captions[static_cast<size_t>(row)]);
    std::string plot;
    for (const auto& rows : sets) {
      plot += fmt::format("{}${}{} using 1:2 with lines linewidth 1.5 linecolor '{}'",
                          plot.empty() ? "plot " : ", ", rows.name, row, rows.colour);
    }
    script += plot + "\n";
  }
  run_gnuplot(script + "unset multiplot\n", path);
}

void write_traces(const std::filesystem::path& path, const std::vector<Rows>& sets,
                  int64_t columns) {
  const int64_t count = std::min(kMostPanels, sets.front().values.size(0));
  std::vector<int64_t> panels(static_cast<size_t>(count));
  std::iota(panels.begin(), panels.end(), 0);
  write_panels(path, sets, panels, columns, legend(sets, count), {});
}

// The first panels of each group, as many as there is room for, from the left on.
void write_trace_groups(const std::filesystem::path& path,
                        const std::vector<Gallery::Group>& groups, const std::vector<Rows>& sets) {
  const size_t most = static_cast<size_t>(kMostPanels) / groups.size();
  const size_t longest = std::min(most, groups.front().words.size());
  const size_t lines = (longest + kMostPairColumns - 1) / kMostPairColumns;
  const size_t columns = (longest + lines - 1) / lines;
  std::vector<int64_t> panels;
  std::vector<Caption> captions;
  for (const auto& group : groups) {
    const size_t shown = std::min(most, group.words.size());
    for (size_t i = 0; i < shown; ++i)
      panels.push_back(static_cast<int64_t>(captions.size() + i));
    while (panels.size() % columns != 0)
      panels.push_back(-1);
    for (size_t i = 0; i < group.words.size(); ++i)
      captions.push_back({group.name, group.notes[i] + "  " + group.words[i]});
  }
  write_panels(path, sets, panels, static_cast<int64_t>(columns),
               "rows over their columns: data blue, the model's orange", captions);
}

// Each group in its colour with its notes, if they are few, and the model's points in one.
void write_point_groups(const std::filesystem::path& path,
                        const std::vector<Gallery::Group>& groups, const std::vector<Rows>& sets) {
  std::vector<Rows> clouds;
  std::vector<std::string> notes;
  for (size_t i = 0; i < groups.size(); ++i) {
    Rows rows = data(groups[i].originals);
    rows.name = groups[i].name;
    rows.colour = kGroupColours[i % kGroupColours.size()];
    clouds.push_back(std::move(rows));
    notes.insert(notes.end(), groups[i].notes.begin(), groups[i].notes.end());
  }
  clouds.push_back(sets.back());
  if (static_cast<int64_t>(notes.size()) > kMostNoted) notes.clear();
  write_scatter(path, clouds, Joined{sets.front(), sets.back(), notes});
}

class TableGallery : public Gallery {
 public:
  Counts counts(const ImageShape& shape) const override {
    return is_point(shape.pixels()) ? Counts{.pairs = 500, .samples = 500}
                                    : Counts{.pairs = 16, .samples = 32};
  }

  void write_pairs(const std::filesystem::path& path, const Tensor& originals, const Tensor& models,
                   int64_t columns) const override {
    const std::vector<Rows> sets{data(originals), model(models)};
    if (is_point(sets.front().values.size(1))) {
      const bool few = sets.front().values.size(0) <= kJoined;
      write_scatter(path, sets, few ? std::optional(Joined{sets[0], sets[1]}) : std::nullopt);
    } else {
      write_traces(path, sets, std::min(columns, kPairColumns));
    }
  }

  // A third line or cloud of points would hide the two that are to be compared.
  void write_versions(const std::filesystem::path& path, const std::vector<Version>& versions,
                      int64_t columns) const override {
    write_pairs(path, versions.back().examples, versions[versions.size() - 2].examples, columns);
  }

  // Each group begins a line of panels, or has a colour of its own.
  void write_differences(const std::filesystem::path& path,
                         const std::vector<Group>& groups) const override {
    std::vector<Tensor> originals, models;
    for (const auto& group : groups) {
      originals.push_back(group.originals);
      models.push_back(group.models);
    }
    const std::vector<Rows> sets{data(at::cat(originals)), model(at::cat(models))};
    if (is_point(sets.front().values.size(1))) {
      write_point_groups(path, groups, sets);
    } else {
      write_trace_groups(path, groups, sets);
    }
  }

  void write_samples(const std::filesystem::path& path, const Tensor& samples,
                     int64_t columns) const override {
    const std::vector<Rows> sets{model(samples)};
    if (is_point(sets.front().values.size(1))) {
      write_scatter(path, sets, std::nullopt);
      return;
    }
    const auto square = std::ceil(std::sqrt(static_cast<double>(samples.size(0))));
    write_traces(path, sets,
                 columns > 0 ? columns : std::min(kPanelColumns, static_cast<int64_t>(square)));
  }

  void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                      int64_t side) const override {
    write_samples(path, samples, side);
  }

  void write_single(const std::filesystem::path& path, const Tensor& sample) const override {
    write_samples(path, sample.unsqueeze(0), 1);
  }

 private:
  static bool is_point(int64_t columns) { return columns <= 3; }
};

}  // namespace

std::unique_ptr<Gallery> table_gallery() { return std::make_unique<TableGallery>(); }

}  // namespace latent::visual
