#include <nlohmann/json.hpp>
#include <set>

#include "analysis/run_comparison.h"
#include "command/flags/arguments.h"
#include "command/flags/measure_flags.h"
#include "command/plot/loss_curves.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "report/comparison_report.h"
#include "visual/chart.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostRuns = 1000;

// The runs, which are opened once before anything is computed, so that a wrong one is found at
// once.
std::vector<std::string> compared_folders(const Arguments& arguments) {
  const auto runs = arguments.texts("runs");
  if (runs.size() < 2 || runs.size() > kMostRuns)
    throw UsageError("latent compare: expected two runs or more: latent compare RUN RUN...");
  std::set<fs::path> seen;
  for (const auto& run : runs) {
    RunDirectory::open(run);
    std::error_code code;
    if (!seen.insert(fs::canonical(run, code)).second)
      throw UsageError(run + ": named twice; expected each run once");
  }
  return runs;
}

// Whether all runs minimize the same objective: only then are their losses of one kind.
bool same_objective(const RunComparison& comparison) {
  for (const auto& difference : comparison.differences) {
    if (difference.key.starts_with("objective.")) return false;
  }
  return true;
}

fs::path draw_reconstructions(const RunComparison& comparison,
                              const std::vector<std::string>& names, const fs::path& folder) {
  std::vector<visual::Version> versions{{comparison.noun, comparison.shown}};
  for (size_t i = 0; i < names.size(); ++i)
    versions.push_back({names[i], comparison.runs[i].pictures});
  const fs::path path = folder / "reconstructions.png";
  comparison.gallery->write_versions(path, versions, {.columns = comparison.shown.size(0)});
  return path;
}

// Draws the curves; a run without them, or a machine without gnuplot, costs the chart only.
std::vector<fs::path> draw_curves(const RunComparison& comparison,
                                  const std::vector<std::string>& runs, const fs::path& folder) {
  const std::string term = same_objective(comparison) ? "loss" : "nll";
  const fs::path path = folder / (term + ".png");
  try {
    visual::LineChart chart = loss_chart(runs, term);
    chart.y_label = term + ", nats per " + comparison.noun;
    visual::write_line_charts(path, term + " of " + std::to_string(runs.size()) + " runs", {chart});
    return {path};
  } catch (const Error& failure) {
    log::warn("no curves: {}", failure.what());
    return {};
  }
}

}  // namespace

void declare_compare(cxxopts::Options& options) {
  options.positional_help("RUN RUN...");
  options.parse_positional("runs");
  options.add_options("input")("runs", "folders of runs of the same data",
                               cxxopts::value<std::vector<std::string>>(), "DIR");
  declare_checkpoint(options);
  declare_out(options, "folder for the pictures (default: images/compare/ of the first run)");
  options.add_options("input")("split", "split to compare on: train, validation or test",
                               cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options("input")("n,count", "images to draw with each run's reconstruction of them",
                               cxxopts::value<int64_t>()->default_value("10"), "N");
  declare_measures(options);
}

void run_compare(const Arguments& arguments) {
  ComparisonRequest request{.runs = {},
                            .checkpoint = "best",
                            .split = arguments.parsed("split", parse_split),
                            .choice = chosen_measures(arguments),
                            .shown = arguments.integer("count", 1, 1000),
                            .device = arguments.device(),
                            .seed = arguments.seed(),
                            .quiet = arguments.quiet()};
  request.runs = compared_folders(arguments);
  for (const auto& run : request.runs)
    request.checkpoint = arguments.checkpoint(run);  // its name, the same in all runs
  const fs::path folder =
      arguments.folder(RunDirectory::open(request.runs.front()).image("compare", ""),
                       "several pictures are written");
  const RunComparison comparison = compare_runs(request);
  nlohmann::ordered_json json = describe_comparison(comparison, to_string(request.split));
  std::string text = comparison_text(comparison, to_string(request.split));
  std::vector<fs::path> written{draw_reconstructions(comparison, run_names(request.runs), folder)};
  for (const auto& path : draw_curves(comparison, request.runs, folder))
    written.push_back(path);
  for (const auto& path : written) {
    json["written"].push_back(path.string());
    text += path.string() + "\n";
  }
  print_result(arguments, json, text);
}

}  // namespace latent
