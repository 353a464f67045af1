#include "analysis/run_comparison.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLevel = 0.05;

bool is_alone(const MeasuredFigures& measured) {
  return measured.figures.size() == 1 && measured.figures.front().name == measured.row->name;
}

std::vector<Figure> all_figures(const OpenedRun& run, const RunEvaluation& evaluation) {
  std::vector<Figure> all = loss_figures(run, evaluation.losses);
  for (const auto& measured : evaluation.measured) {
    for (Figure figure : measured.figures) {
      if (!is_alone(measured)) figure.name = measured.row->name + "." + figure.name;
      all.push_back(std::move(figure));
    }
  }
  return all;
}

// The examples of a run's split, which must be those of the first run.
Examples same_examples(const OpenedRun& run, Split split, const Examples& first,
                       const std::string& of_first) {
  Examples examples = run.load(split);
  if (examples.shape() == first.shape() &&
      fingerprint(examples.pixels) == fingerprint(first.pixels))
    return examples;
  throw Error(run.directory.path().string() + ": its " + to_string(split) +
              " split has other examples than that of " + of_first +
              "; expected runs of the same data");
}

ComparedRun measured_run(const OpenedRun& run, const Examples& examples,
                         const ComparisonRequest& request) {
  ComparedRun found{.path = run.directory.path().string(),
                    .checkpoint = run.checkpoint,
                    .config = run.config.resolved(),
                    .figures = {},
                    .pictures = {}};
  found.figures = all_figures(
      run, evaluate_run(run, examples, request.split, request.choice, request.seed, request.quiet));
  const ExampleBatch shown = batch_of(examples, 0, std::min(request.shown, examples.count()));
  const Latent latent = run.encode(shown);
  found.pictures = run.pictures(latent.z, latent.condition);
  return found;
}

// What a run was trained with, but for the seed.
std::string without_seed(Json config) {
  if (config.contains("train") && config["train"].is_object()) config["train"].erase("seed");
  return config.dump();
}

// [R, N] of the runs' figure; undefined unless all have it for the same number of images.
Tensor each_of(const std::vector<ComparedRun>& runs, const std::vector<size_t>& places,
               const std::string& name) {
  std::vector<Tensor> rows;
  for (const size_t place : places) {
    const Figure* figure = runs[place].find(name);
    if (figure == nullptr || !figure->each.defined() || figure->each.numel() == 0) return {};
    rows.push_back(figure->each);
    if (rows.back().numel() != rows.front().numel()) return {};
  }
  return at::stack(rows);
}

Verdict verdict_of(const ComparedFigure& tested, bool same_config) {
  if (same_config) return Verdict::kSameConfig;
  if (std::isnan(tested.p)) return Verdict::kUnknown;
  return tested.p < kLevel ? Verdict::kDiffers : Verdict::kNoDifference;
}

}  // namespace

const Figure* ComparedRun::find(const std::string& name) const {
  for (const auto& figure : figures) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kDiffers:
      return "differs";
    case Verdict::kNoDifference:
      return "no difference beyond chance";
    case Verdict::kUnknown:
      return "not known: one seed each";
    case Verdict::kSameConfig:
      return "another seed of the same config";
  }
  return "";
}

void group_runs(std::vector<ComparedRun>& runs) {
  std::map<std::string, size_t> groups;
  for (auto& run : runs)
    run.group = groups.emplace(without_seed(run.config), groups.size()).first->second;
}

std::vector<ComparedFigure> test_figures(const std::vector<ComparedRun>& runs) {
  std::vector<std::vector<size_t>> groups;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].group == groups.size()) groups.emplace_back();
    groups[runs[i].group].push_back(i);
  }
  const bool same_config = groups.size() == 1;
  if (same_config) {
    groups.clear();
    for (size_t i = 0; i < runs.size(); ++i)
      groups.push_back({i});
  }
  std::vector<ComparedFigure> tests;
  std::vector<double> p;
  for (size_t other = 1; other < groups.size(); ++other) {
    for (const auto& figure : runs.front().figures) {
      const Tensor first = each_of(runs, groups[0], figure.name);
      const Tensor second = each_of(runs, groups[other], figure.name);
      if (!first.defined() || !second.defined() || first.size(1) != second.size(1)) continue;
      tests.push_back({.name = figure.name,
                       .unit = figure.unit,
                       .first = groups[0],
                       .second = groups[other],
                       .difference = statistics::compare_groups(first, second),
                       .p = std::nan(""),
                       .verdict = Verdict::kUnknown});
      const auto& seeds = tests.back().difference.seeds;
      p.push_back(seeds && !same_config ? seeds->p : std::nan(""));
    }
  }
  const auto adjusted = statistics::holm(p);
  for (size_t i = 0; i < tests.size(); ++i) {
    tests[i].p = adjusted[i];
    tests[i].verdict = verdict_of(tests[i], same_config);
  }
  return tests;
}

RunComparison compare_runs(const ComparisonRequest& request) {
  RunComparison all;
  std::optional<Examples> first;
  std::string of_first;
  for (const auto& path : request.runs) {
    log::info("{}", path);
    const OpenedRun run = OpenedRun::open(path, request.checkpoint, request.device);
    const Examples examples =
        first ? same_examples(run, request.split, *first, of_first) : run.load(request.split);
    all.runs.push_back(measured_run(run, examples, request));
    if (first) continue;
    first = examples;
    of_first = path;
    all.images = examples.count();
    all.noun = run.experiment.data.example_noun();
    all.gallery = run.experiment.gallery;
    all.shown = batch_of(examples, 0, std::min(request.shown, examples.count())).images;
  }
  std::vector<Json> configs;
  for (const auto& run : all.runs)
    configs.push_back(run.config);
  all.differences = config_differences(configs);
  group_runs(all.runs);
  all.tests = test_figures(all.runs);
  return all;
}

}  // namespace latent
