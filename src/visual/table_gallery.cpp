#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "visual/gallery.h"
#include "visual/table_plots.h"

namespace latent::visual {
namespace {

constexpr int64_t kMaxPanels = 64;
constexpr int64_t kMaxNoted = 40;  // up to this number points show their notes
constexpr int64_t kPanelColumns = 8, kPairColumns = 4, kMaxPairColumns = 5;
constexpr int64_t kMaxJoined =
    100;  // up to this number points are joined with their reconstructions
// Source: Okabe and Ito 2008, "Color universal design".
constexpr const char* kDataColour = "#0072b2";
constexpr const char* kModelColour = "#d55e00";
const std::vector<const char*> kGroupColours{"#cc79a7", "#0072b2", "#009e73"};

Rows data(const Tensor& rows) {
  return {"data", kDataColour, rows.detach().to(at::kCPU, at::kDouble).flatten(1).contiguous()};
}
Rows model(const Tensor& rows) {
  return {"model", kModelColour, rows.detach().to(at::kCPU, at::kDouble).flatten(1).contiguous()};
}

std::string legend(const std::vector<Rows>& sets, int64_t shown) {
  const int64_t count = sets.front().values.size(0);
  const std::string some =
      shown < count ? fmt::format("the first {} of {} rows", shown, count) : "rows";
  return sets.size() == 2 ? some + " over their columns: data blue, the model's orange"
                          : some + " of the model over their columns";
}

void write_traces(const std::filesystem::path& path, const std::vector<Rows>& sets, int64_t columns,
                  const Look& look) {
  const int64_t count = std::min(kMaxPanels, sets.front().values.size(0));
  std::vector<int64_t> panels(static_cast<size_t>(count));
  std::iota(panels.begin(), panels.end(), 0);
  write_panels(path, sets, panels, columns, legend(sets, count), {}, look);
}

// Draws the first panels of each group, as many as fit, from left to right.
void write_trace_groups(const std::filesystem::path& path,
                        const std::vector<Gallery::Group>& groups, const std::vector<Rows>& sets,
                        const Look& look) {
  const size_t most = static_cast<size_t>(kMaxPanels) / groups.size();
  const size_t longest = std::min(most, groups.front().words.size());
  const size_t lines = (longest + kMaxPairColumns - 1) / kMaxPairColumns;
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
               "rows over their columns: data blue, the model's orange", captions, look);
}

// Draws each group in its own colour, with its notes if they are few, and the model's points in one
// colour.
void write_point_groups(const std::filesystem::path& path,
                        const std::vector<Gallery::Group>& groups, const std::vector<Rows>& sets,
                        const Look& look) {
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
  if (static_cast<int64_t>(notes.size()) > kMaxNoted) notes.clear();
  write_scatter(path, clouds, Joined{sets.front(), sets.back(), notes}, look);
}

class TableGallery : public Gallery {
 public:
  Counts counts(const ImageShape& shape) const override {
    return is_point(shape.values()) ? Counts{.pairs = 500, .samples = 500}
                                    : Counts{.pairs = 16, .samples = 32};
  }

  void write_pairs(const std::filesystem::path& path, const Tensor& originals, const Tensor& models,
                   const Look& look) const override {
    const std::vector<Rows> sets{data(originals), model(models)};
    if (is_point(sets.front().values.size(1))) {
      const bool few = sets.front().values.size(0) <= kMaxJoined;
      write_scatter(path, sets, few ? std::optional(Joined{sets[0], sets[1]}) : std::nullopt, look);
    } else {
      write_traces(path, sets,
                   look.columns > 0 ? std::min(look.columns, kPairColumns) : kPairColumns, look);
    }
  }

  // A third line or cloud of points would hide the two that are compared.
  void write_versions(const std::filesystem::path& path, const std::vector<Version>& versions,
                      const Look& look) const override {
    write_pairs(path, versions.back().examples, versions[versions.size() - 2].examples, look);
  }

  // Each group begins a row of panels, or has a colour of its own.
  void write_differences(const std::filesystem::path& path, const std::vector<Group>& groups,
                         const Look& look) const override {
    std::vector<Tensor> originals, models;
    for (const auto& group : groups) {
      originals.push_back(group.originals);
      models.push_back(group.models);
    }
    const std::vector<Rows> sets{data(at::cat(originals)), model(at::cat(models))};
    if (is_point(sets.front().values.size(1))) {
      write_point_groups(path, groups, sets, look);
    } else {
      write_trace_groups(path, groups, sets, look);
    }
  }

  void write_samples(const std::filesystem::path& path, const Tensor& samples,
                     const Look& look) const override {
    const std::vector<Rows> sets{model(samples)};
    if (is_point(sets.front().values.size(1))) {
      write_scatter(path, sets, std::nullopt, look);
      return;
    }
    const auto square = std::ceil(std::sqrt(static_cast<double>(samples.size(0))));
    write_traces(
        path, sets,
        look.columns > 0 ? look.columns : std::min(kPanelColumns, static_cast<int64_t>(square)),
        look);
  }

  void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                      const Look& look) const override {
    write_samples(path, samples, look);
  }

  void write_single(const std::filesystem::path& path, const Tensor& sample) const override {
    write_samples(path, sample.unsqueeze(0), {.columns = 1});
  }

 private:
  static bool is_point(int64_t columns) { return columns <= 3; }
};

}  // namespace

std::unique_ptr<Gallery> table_gallery() { return std::make_unique<TableGallery>(); }

}  // namespace latent::visual
