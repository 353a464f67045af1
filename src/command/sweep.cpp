#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "command/flags/measure_flags.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/interrupt.h"
#include "core/text/suggest.h"
#include "data/dataset.h"
#include "session/sweep/folder.h"
#include "session/sweep/table.h"
#include "session/sweep/worker.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kMostSeeds = 1000;
constexpr size_t kShownFigures = 4;

fs::path sweep_folder(const Arguments& arguments) {
  if (!arguments.has("out"))
    throw UsageError(
        "--out is missing; expected the folder of the sweep, for example --out "
        "sweeps/beta");
  fs::path folder = arguments.folder("", "a sweep is a folder of runs");
  if (folder.empty()) throw UsageError("--out: empty; expected the folder of the sweep");
  return folder;
}

// The plan that the command line describes.
SweepPlan asked_plan(const Arguments& arguments) {
  std::vector<SweptKey> over;
  for (const auto& text : arguments.texts("over"))
    over.push_back(parse_over(text));
  std::vector<std::string> evaluation{"--split", to_string(arguments.parsed("split", parse_split))};
  const auto words = measure_words(arguments);
  evaluation.insert(evaluation.end(), words.begin(), words.end());
  return make_sweep_plan(Config::load(arguments.config("sweep"), arguments.settings()), over,
                         arguments.integer("seeds", 1, kMostSeeds), evaluation);
}

SweepFolder open_sweep(const Arguments& arguments) {
  const fs::path path = sweep_folder(arguments);
  if (arguments.has("config")) return SweepFolder::claim(path, asked_plan(arguments));
  arguments.refuse({"over", "seeds", "set", "measure", "split"},
                   "belongs to the plan of a sweep; expected also its CONFIG.json, or no such flag "
                   "to continue the sweep as it was planned");
  if (SweepFolder::is_there(path)) return SweepFolder::open(path);
  throw UsageError(
      "no config; expected latent sweep CONFIG.json --over KEY=V1,V2 --out DIR, or "
      "the folder of a sweep to continue with --out");
}

// Throws Error if another process trains for the sweep.
void expect_alone(const SweepFolder& folder) {
  for (const auto& run : folder.plan().runs()) {
    if (folder.is_finished(run)) continue;
    const std::string holder = Claim::holder(folder.claims(), run.name);
    if (holder.empty()) continue;
    throw Error(folder.path().string() + ": " + holder +
                " works on this sweep; expected no other process; to share the work, add --worker");
  }
}

// The flags that every command of the sweep gets.
std::vector<std::string> shared_flags(const Arguments& arguments) {
  return {"--device", arguments.text("device"), "--threads",
          std::to_string(arguments.integer("threads", 0, 4096))};
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json describe_table(const SweepTable& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json each{{"values", Json::object()}, {"seeds", row.seeds}, {"figures", Json::object()}};
    for (size_t i = 0; i < table.keys.size(); ++i)
      each["values"][table.keys[i]] = row.values[i];
    for (const auto& name : table.figures) {
      const auto found = row.figures.find(name);
      if (found == row.figures.end()) continue;
      const SeedSummary& summary = found->second;
      each["figures"][name] = {{"mean", number_or_null(summary.mean)},
                               {"sd", number_or_null(summary.deviation)},
                               {"low", number_or_null(summary.low)},
                               {"high", number_or_null(summary.high)}};
    }
    rows.push_back(std::move(each));
  }
  return rows;
}

// The table for people: the keys, the seeds and a few figures.
std::string table_text(const SweepTable& table) {
  const auto figures = main_figures(table, kShownFigures);
  std::vector<std::vector<std::string>> lines{table.keys};
  lines[0].push_back("seeds");
  lines[0].insert(lines[0].end(), figures.begin(), figures.end());
  for (const auto& row : table.rows) {
    lines.push_back(row.values);
    lines.back().push_back(std::to_string(row.seeds));
    for (const auto& name : figures) {
      const auto found = row.figures.find(name);
      lines.back().push_back(found == row.figures.end() ? "" : summary_text(found->second));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    for (size_t column = 0; column < line.size(); ++column) {
      size_t width = 0;
      for (const auto& other : lines)
        width = std::max(width, other[column].size());
      text += fmt::format("  {:<{}}", line[column], width);
    }
    text.resize(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

// Writes the table, if it changed, and prints it. Throws Error if trainings failed.
void report_sweep(const Arguments& arguments, const SweepFolder& folder) {
  const auto results = folder.results();
  const SweepTable table = sweep_table(folder.plan(), results);
  std::error_code code;
  const std::string csv = csv_text(table);
  if (!fs::exists(folder.table(), code) || read_file(folder.table()) != csv)
    write_file(folder.table(), csv);
  const auto runs = folder.plan().runs();
  Json json{{"sweep", folder.path().string()}, {"trainings", runs.size()},
            {"finished", results.size()},      {"failed", Json::array()},
            {"rows", describe_table(table)},   {"written", {folder.table().string()}}};
  std::string text =
      fmt::format("{} of {} finished; mean [95% interval] over the seeds\n", results.size(),
                  counted(static_cast<int64_t>(runs.size()), "training"));
  text += table_text(table);
  size_t failed = 0;
  for (const auto& run : runs) {
    const std::string why = folder.failure(run);
    if (why.empty() || results.contains(run.name)) continue;
    ++failed;
    json["failed"].push_back({{"run", run.name}, {"reason", why}});
    text += "failed: " + run.name + ": " + why + "\n";
  }
  print_result(arguments, json, text + folder.table().string() + "\n");
  if (failed > 0) {
    throw Error(fmt::format(
        "{}: {} of {} failed; see the reasons above; the same command tries "
        "them again",
        folder.path().string(), failed, counted(static_cast<int64_t>(runs.size()), "training")));
  }
}

}  // namespace

void declare_sweep(cxxopts::Options& options) {
  options.positional_help("[CONFIG.json]");
  options.parse_positional("config");
  options.add_options("input")("config",
                               "the config to start from; without it, continue the sweep in --out",
                               cxxopts::value<std::string>(), "FILE");
  options.add_options()(
      "over", "a config key and the values it takes, such as model.latent_dim=2,8,32 (repeatable)",
      cxxopts::value<std::vector<std::string>>(), "KEY=V1,V2,...")(
      "seeds", "trainings of each combination, with seeds from the config's train.seed on",
      cxxopts::value<int64_t>()->default_value("1"),
      "N")("worker",
           "share the work with other processes that run this command, on this machine or on "
           "others that see the folder");
  declare_out(options, "folder of the sweep: its runs and table.csv");
  options.add_options()("split", "split to evaluate: train, validation or test",
                        cxxopts::value<std::string>()->default_value("test"), "NAME");
  declare_measures(options);
  declare_settings(options);
}

void run_sweep(const Arguments& arguments) {
  ignore_lost_readers();  // training outlives the terminal that watches it
  const SweepFolder folder = open_sweep(arguments);
  if (arguments.flag("worker")) {
    Claim::check(folder.claims());
  } else {
    expect_alone(folder);
    folder.forget_failures();
  }
  catch_interrupts();
  SweepWorker(folder, shared_flags(arguments)).work();
  report_sweep(arguments, folder);
}

}  // namespace latent
