#include "report/anomaly_report.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/system/file.h"
#include "report/columns.h"

namespace latent {
namespace {

// The class of each example by the rule's attribute or else the first one with classes; without
// such an attribute its name.
std::vector<std::string> captions(const ExampleBatches& examples, const std::string& rule) {
  const std::string wanted = rule.substr(rule.starts_with("!") ? 1 : 0);
  const std::string named = wanted.substr(0, wanted.find('='));
  const Attribute* chosen = nullptr;
  for (const auto& attribute : examples.attributes) {
    if (attribute.classes.empty()) continue;
    if (chosen == nullptr || attribute.name == named) chosen = &attribute;
  }
  return chosen != nullptr ? words_of(*chosen) : examples.names;
}

visual::Gallery::Group group(const std::string& name, const Tensor& order, const OpenedRun& run,
                             const ExampleBatches& examples, const RankedScores& scores,
                             const std::vector<std::string>& words) {
  visual::Gallery::Group found{
      .name = name, .originals = {}, .models = {}, .words = {}, .notes = {}};
  std::vector<Tensor> images, models;
  for (int64_t i = 0; i < order.numel(); ++i) {
    const auto index = order[i].item<int64_t>();
    const ExampleBatch one = examples.read(index, 1);
    const Latent latent = run.encode(one);
    images.push_back(one.images);
    models.push_back(run.pictures(latent.code, latent.condition));
    found.words.push_back(words[static_cast<size_t>(index)]);
    const auto value = scores.values[index].item<double>();
    found.notes.push_back(fmt::format("{:.4g}", value));
    found.flagged.push_back(value > scores.threshold);
  }
  found.originals = at::cat(images).contiguous();
  found.models = at::cat(models);
  return found;
}

}  // namespace

bool NormalRule::measurable() const {
  if (!matches) return false;
  const Tensor among = matches->holds.index({matches->known});
  return among.any().item<bool>() && !among.all().item<bool>();
}

int64_t NormalRule::unknown() const {
  return matches ? matches->known.logical_not().sum().item<int64_t>() : 0;
}

void write_scores(const std::filesystem::path& path, const ExampleBatches& examples,
                  const std::vector<AnomalyScore>& scores, const Tensor& flagged,
                  const NormalRule& normal) {
  std::vector<Column> columns = known_columns(examples.names, examples.attributes);
  if (!examples.indices.empty()) {
    columns.insert(
        columns.begin() + 1,
        {.name = "index", .words = {}, .numbers = at::tensor(examples.indices, at::kDouble)});
  }
  for (const auto& score : scores)
    columns.push_back({.name = score.kind->column, .words = {}, .numbers = score.values});
  columns.push_back({.name = "flagged", .words = {}, .numbers = flagged.to(at::kDouble)});
  if (normal.matches) {
    const Tensor holds = normal.matches->holds.to(at::kDouble);
    columns.push_back(
        {.name = "normal",
         .words = {},
         .numbers = holds.masked_fill(normal.matches->known.logical_not(), std::nan(""))});
  }
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_csv(path, columns);
}

void write_most_anomalous(const std::filesystem::path& path, const OpenedRun& run,
                          const ExampleBatches& examples, const RankedScores& scores,
                          const visual::Look& asked) {
  const Tensor order = scores.values.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  const auto words = captions(examples, scores.rule);
  const int64_t n = order.numel();
  const int64_t most = std::min(scores.shown, (n + 1) / 2), least = std::min(scores.shown, n / 2);
  std::vector<visual::Gallery::Group> groups{
      group("most anomalous", order.narrow(0, 0, most), run, examples, scores, words)};
  if (least > 0) {
    const Tensor last = order.flip(0).narrow(0, 0, least);
    groups.push_back(group("least anomalous", last, run, examples, scores, words));
  }
  visual::Look look = asked;
  if (look.title.empty()) {
    look.title = fmt::format("Score: {}; framed: flagged, above the threshold {:.4g}", scores.score,
                             scores.threshold);
  }
  run.experiment.gallery->write_differences(path, groups, look);
}

}  // namespace latent
