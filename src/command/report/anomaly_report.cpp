#include "command/report/anomaly_report.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "command/report/columns.h"
#include "core/system/file.h"

namespace latent {
namespace {

// The class by the rule's attribute, or the first one there is; else the name.
std::vector<std::string> captions(const ExampleBatches& subjects, const std::string& rule) {
  const std::string wanted = rule.substr(rule.starts_with("!") ? 1 : 0);
  const std::string named = wanted.substr(0, wanted.find('='));
  const Attribute* chosen = nullptr;
  for (const auto& attribute : subjects.attributes) {
    if (attribute.classes.empty()) continue;
    if (chosen == nullptr || attribute.name == named) chosen = &attribute;
  }
  return chosen != nullptr ? words_of(*chosen) : subjects.names;
}

visual::Gallery::Group group(const std::string& name, const Tensor& order, const OpenedRun& run,
                             const ExampleBatches& subjects, const Tensor& values,
                             const std::vector<std::string>& words) {
  visual::Gallery::Group found{
      .name = name, .originals = {}, .models = {}, .words = {}, .notes = {}};
  std::vector<Tensor> images;
  for (int64_t i = 0; i < order.numel(); ++i) {
    const auto index = order[i].item<int64_t>();
    images.push_back(subjects.images(index, 1));
    found.words.push_back(words[static_cast<size_t>(index)]);
    found.notes.push_back(fmt::format("{:.4g}", values[index].item<double>()));
  }
  found.originals = at::cat(images).contiguous();
  found.models = run.pictures(run.encode(found.originals).mean);
  return found;
}

}  // namespace

bool NormalRule::measurable() const {
  if (!matches) return false;
  const Tensor among = matches->holds.index({matches->known});
  return among.any().item<bool>() && !among.all().item<bool>();
}

void write_scores(const std::filesystem::path& path, const ExampleBatches& subjects,
                  const std::vector<Score>& scores, const Tensor& flagged,
                  const NormalRule& normality) {
  std::vector<Column> columns = known_columns(subjects.names, subjects.attributes);
  if (!subjects.indices.empty()) {
    columns.insert(
        columns.begin() + 1,
        {.name = "index", .words = {}, .numbers = at::tensor(subjects.indices, at::kDouble)});
  }
  for (const auto& score : scores)
    columns.push_back({.name = score.column, .words = {}, .numbers = score.values});
  columns.push_back({.name = "flagged", .words = {}, .numbers = flagged.to(at::kDouble)});
  if (normality.matches) {
    const Tensor normal = normality.matches->holds.to(at::kDouble);
    columns.push_back(
        {.name = "normal",
         .words = {},
         .numbers = normal.masked_fill(normality.matches->known.logical_not(), std::nan(""))});
  }
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_csv(path, columns);
}

void write_strangest(const std::filesystem::path& path, const OpenedRun& run,
                     const ExampleBatches& subjects, const Tensor& values, int64_t shown,
                     const NormalRule& normality) {
  const Tensor order = values.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  const auto words = captions(subjects, normality.rule);
  const int64_t n = order.numel();
  const int64_t most = std::min(shown, (n + 1) / 2), least = std::min(shown, n / 2);
  std::vector<visual::Gallery::Group> groups{
      group("most anomalous", order.narrow(0, 0, most), run, subjects, values, words)};
  if (least > 0) {
    const Tensor last = order.flip(0).narrow(0, 0, least);
    groups.push_back(group("least anomalous", last, run, subjects, values, words));
  }
  run.experiment.gallery->write_differences(path, groups);
}

}  // namespace latent
