#include "command/plot/loss_curves.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

bool has_column(const MetricsTable& table, const std::string& name) {
  return std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
}

// What --term can name: the columns without train_ and val_.
std::vector<std::string> terms(const MetricsTable& table) {
  std::set<std::string> names;
  for (const auto& column : table.columns) {
    for (const std::string prefix : {"train_", "val_"}) {
      if (column.starts_with(prefix)) names.insert(column.substr(prefix.size()));
    }
  }
  return {names.begin(), names.end()};
}

MetricsTable metrics_of(const RunDirectory& run, const std::string& term) {
  MetricsTable table = read_metrics(run.metrics());
  if (table.rows.empty())
    throw Error(run.metrics().string() + ": no epoch yet; expected at least one");
  if (!has_column(table, "train_" + term) && !has_column(table, "val_" + term)) {
    throw Error(run.metrics().string() + ": no term \"" + term + "\"; " +
                did_you_mean(term, terms(table)));
  }
  return table;
}

// Validation solid, training dashed, in the run's colour.
void add_curves(std::vector<visual::Series>& series, const MetricsTable& table,
                const std::string& term, const std::string& prefix) {
  const size_t colour = series.empty() ? 0 : *series.back().colour + 1;
  const auto epochs = table.column("epoch");
  for (const auto& [column, name, dashed] :
       {std::tuple{"train_" + term, "training", true}, {"val_" + term, "validation", false}}) {
    if (!has_column(table, column)) continue;
    series.push_back({.name = prefix + name,
                      .x = epochs,
                      .y = table.column(column),
                      .colour = colour,
                      .dashed = dashed});
  }
}

}  // namespace

std::vector<std::string> run_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    names.push_back((whole.has_filename() ? whole : whole.parent_path()).filename().string());
  }
  return std::set<std::string>(names.begin(), names.end()).size() == names.size() ? names : paths;
}

std::vector<visual::Series> loss_curves_of(const std::vector<std::string>& paths,
                                           const std::string& term) {
  const auto names = run_names(paths);
  std::vector<visual::Series> series;
  for (size_t i = 0; i < paths.size(); ++i) {
    const MetricsTable table = metrics_of(RunDirectory::open(paths[i]), term);
    add_curves(series, table, term, paths.size() > 1 ? names[i] + ", " : "");
  }
  return series;
}

}  // namespace latent
