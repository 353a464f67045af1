#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "visual/gallery.h"
#include "visual/gnuplot.h"

namespace latent::visual {
namespace {

constexpr int kScatterWidth = 900, kScatterHeight = 640;  // of a scatter
constexpr int64_t kTraceWidth = 240, kTraceHeight = 150;  // of one trace
constexpr int64_t kTraceTitleWidth = 600, kTraceTitleHeight = 40;
constexpr int64_t kMostPanels = 64;
constexpr int64_t kPanelColumns = 8, kPairColumns = 4, kMostPairColumns = 5;
constexpr int64_t kJoined = 100;  // up to so many points are joined with their reconstructions
// Source: Okabe and Ito 2008, "Color universal design".
constexpr const char* kDataColour = "#0072b2";
constexpr const char* kModelColour = "#d55e00";

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

std::string points_block(const Rows& rows) {
  std::string block = fmt::format("${} << LATENT_END\n", rows.name);
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

// One column over the row's number, two as a plane, three as a space.
void write_scatter(const std::filesystem::path& path, const std::vector<Rows>& sets) {
  const int64_t dimensions = sets.front().values.size(1);
  const int64_t count = sets.front().values.size(0);
  const char* use = dimensions == 1 ? "1:2" : dimensions == 2 ? "2:3" : "2:3:4";
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
  if (sets.size() == 2 && count <= kJoined) {
    script += segments_block(sets[0], sets[1]);
    plot = fmt::format("$segments using {} with lines linecolor '#bbbbbb' notitle, ", use);
  }
  const double size = count <= kJoined ? 0.9 : 0.4;
  for (const auto& rows : sets) {
    script += points_block(rows);
    plot += fmt::format(
        "{}${} using {} with points pointtype 7 pointsize {} linecolor '{}' "
        "title '{}'",
        &rows == &sets.front() ? "" : ", ", rows.name, use, size, rows.colour, rows.name);
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
         fmt::format("set tmargin {}\n", titled ? 1.7 : 0.7);
}

// A panel for each row, all to the same scale.  titles: of the panels, or none.
void write_traces(const std::filesystem::path& path, const std::vector<Rows>& sets, int64_t columns,
                  const std::vector<std::string>& titles = {}) {
  const int64_t count = std::min(kMostPanels, sets.front().values.size(0));
  columns = std::clamp<int64_t>(columns, 1, count);
  const int64_t lines = (count + columns - 1) / columns;
  const auto width = static_cast<int>(std::max(columns * kTraceWidth, kTraceTitleWidth));
  const auto height = static_cast<int>(lines * kTraceHeight + kTraceTitleHeight);
  std::string script = terminal(path, width, height) + trace_axes(sets, count, !titles.empty());
  for (const auto& rows : sets)
    script += trace_blocks(rows, count);
  script += fmt::format("set multiplot title {} layout {},{}\n", quoted(legend(sets, count)), lines,
                        columns);
  for (int64_t i = 0; i < count; ++i) {
    std::string plot;
    if (!titles.empty()) {
      script += fmt::format("set title {} font ',8' offset 0,-0.8\n",
                            quoted(titles[static_cast<size_t>(i)]));
    }
    for (const auto& rows : sets) {
      plot += fmt::format("{}${}{} using 1:2 with lines linewidth 1.5 linecolor '{}'",
                          plot.empty() ? "plot " : ", ", rows.name, i, rows.colour);
    }
    script += plot + "\n";
  }
  run_gnuplot(script + "unset multiplot\n", path);
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
      write_scatter(path, sets);
    } else {
      write_traces(path, sets, std::min(columns, kPairColumns));
    }
  }

  // A third line or cloud of points would hide the two that are to be compared.
  void write_versions(const std::filesystem::path& path, const std::vector<Version>& versions,
                      int64_t columns) const override {
    write_pairs(path, versions.back().examples, versions[versions.size() - 2].examples, columns);
  }

  // Each group begins a line of panels.
  void write_differences(const std::filesystem::path& path,
                         const std::vector<Group>& groups) const override {
    std::vector<Tensor> originals, models;
    std::vector<std::string> titles;
    for (const auto& group : groups) {
      originals.push_back(group.originals);
      models.push_back(group.models);
      for (size_t i = 0; i < group.words.size(); ++i) {
        const std::string word = group.words[i].empty() ? "" : " " + group.words[i];
        titles.push_back(group.name + word + ": " + group.notes[i]);
      }
    }
    const std::vector<Rows> sets{data(at::cat(originals)), model(at::cat(models))};
    if (is_point(sets.front().values.size(1))) return write_scatter(path, sets);
    const auto first = static_cast<int64_t>(groups.front().words.size());
    const int64_t lines = (first + kMostPairColumns - 1) / kMostPairColumns;
    write_traces(path, sets, (first + lines - 1) / lines, titles);
  }

  void write_samples(const std::filesystem::path& path, const Tensor& samples,
                     int64_t columns) const override {
    const std::vector<Rows> sets{model(samples)};
    if (is_point(sets.front().values.size(1))) {
      write_scatter(path, sets);
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
