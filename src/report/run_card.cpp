#include "report/run_card.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/text/shell.h"
#include "core/text/suggest.h"
#include "report/run_facts.h"
#include "run/metrics.h"
#include "run/run_directory.h"
#include "session/experiment.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct FilesOf {
  std::string name;  // of a file or a folder in the run
  int64_t files = 0;
  uintmax_t bytes = 0;
};

// The entries of a run, sorted by name.
std::vector<FilesOf> files_of(const fs::path& run) {
  std::vector<FilesOf> all;
  std::error_code code;
  for (fs::directory_iterator it(run, code), end; !code && it != end; it.increment(code)) {
    FilesOf entry{.name = it->path().filename().string()};
    std::error_code inner;
    const auto add = [&](const fs::directory_entry& file) {
      if (!file.is_regular_file(inner)) return;
      ++entry.files;
      const auto bytes = file.file_size(inner);
      if (!inner) entry.bytes += bytes;
    };
    if (it->is_directory(inner)) {
      entry.name += "/";
      for (fs::recursive_directory_iterator file(it->path(), inner), last; !inner && file != last;
           file.increment(inner))
        add(*file);
    } else {
      add(*it);
    }
    all.push_back(entry);
  }
  std::sort(all.begin(), all.end(),
            [](const FilesOf& a, const FilesOf& b) { return a.name < b.name; });
  return all;
}

std::string size_text(uintmax_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (size < 1e3) return fmt::format("{} bytes", bytes);
  return size < 1e6 ? fmt::format("{:.1f} KB", size / 1e3) : fmt::format("{:.1f} MB", size / 1e6);
}

// The keys whose values are not the defaults.
std::vector<ConfigEntry> changed_keys(const RunDirectory& run) {
  Config config = Config::load(run.config());
  read_experiment(config);
  std::vector<ConfigEntry> changed;
  for (const auto& entry : config.entries()) {
    if (entry.value != entry.default_value) changed.push_back(entry);
  }
  return changed;
}

// What was measured at the best epoch: the columns of metrics.csv and their values.
std::vector<std::pair<std::string, double>> best_row(const RunFacts& facts,
                                                     const RunDirectory& run) {
  std::vector<std::pair<std::string, double>> figures;
  if (!facts.best_loss) return figures;
  const MetricsTable table = read_metrics(run.metrics());
  const auto& row = table.rows[static_cast<size_t>(facts.best_epoch - 1)];
  for (size_t i = 0; i < row.size(); ++i) {
    if (table.columns[i].starts_with("val_")) figures.emplace_back(table.columns[i], row[i]);
  }
  return figures;
}

std::vector<std::string> next_steps(const RunFacts& facts, const RunDirectory& run) {
  const std::string name = shell_word(facts.path.string());
  if (facts.state == "training") return {"latent doctor " + name};
  if (facts.state == "not begun" || facts.state == "unfinished") return {run.resume_command()};
  return {"latent evaluate " + name, "latent reconstruct " + name, "latent plot latents " + name,
          "latent report " + name};
}

std::string heading_of(const RunFacts& facts) {
  return fmt::format("{}: {}, {} of {}, {}\n{}; {}\n", facts.path.string(), facts.state,
                     facts.epochs, counted(facts.planned, "epoch"), facts.date, facts.data,
                     facts.model);
}

std::string config_text(const std::vector<ConfigEntry>& changed) {
  std::string text = "\nconfig, where it differs from the defaults\n";
  size_t width = 0;
  for (const auto& entry : changed)
    width = std::max(width, entry.path.size());
  for (const auto& entry : changed)
    text += fmt::format("  {:<{}} = {}\n", entry.path, width, entry.value.dump());
  return text;
}

}  // namespace

RunCard run_card(const fs::path& path) {
  const RunDirectory run = RunDirectory::open(path);
  const RunFacts facts = run_facts(path);
  const auto changed = changed_keys(run);
  const auto figures = best_row(facts, run);
  const auto files = files_of(path);
  const auto next = next_steps(facts, run);
  Json json = runs_json({facts}).front();
  std::string text = heading_of(facts) + config_text(changed);
  for (const auto& entry : changed)
    json["config"][entry.path] = entry.value;
  if (!figures.empty()) text += fmt::format("\nepoch {}, the best\n", facts.best_epoch);
  for (const auto& [name, value] : figures) {
    text += fmt::format("  {:<20} {:.4f}\n", name, value);
    json["figures"][name] = value;
  }
  text += "\nfiles\n";
  for (const auto& entry : files) {
    text += fmt::format("  {:<20} {}, {}\n", entry.name, counted(entry.files, "file"),
                        size_text(entry.bytes));
    json["files"].push_back({{"name", entry.name}, {"files", entry.files}, {"bytes", entry.bytes}});
  }
  text += "\nnext\n";
  for (const auto& step : next) {
    text += "  " + step + "\n";
    json["next"].push_back(step);
  }
  return {text, json};
}

}  // namespace latent
