#include "command/plot/loss_curves.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "run/metrics.h"
#include "run/run_directory.h"

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

// Terms in the order in which people read them.
std::vector<std::string> loss_first(std::vector<std::string> names) {
  std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    const auto place = [](const std::string& name) {
      return name == "loss" ? 0 : name == "nll" ? 1 : name == "kl" ? 2 : 3;
    };
    return place(a) < place(b);
  });
  return names;
}

// The terms of the loss, which are measured in training and validation; not other figures.
std::vector<std::string> loss_terms(const fs::path& run) {
  const MetricsTable table = read_metrics(RunDirectory::open(run).metrics());
  auto names = terms(table);
  std::erase_if(names, [&](const auto& name) { return !has_column(table, "train_" + name); });
  return names;
}

// Validation solid, training dashed, in the run's colour; with several runs the legend names each
// once.
void add_curves(visual::LineChart& chart, const MetricsTable& table, const std::string& term,
                const std::string& run, size_t colour) {
  const auto epochs = table.column("epoch");
  for (const auto& [column, name, dashed] :
       {std::tuple{"val_" + term, "validation", false}, {"train_" + term, "training", true}}) {
    if (!has_column(table, column)) continue;
    const bool named = chart.series.empty() || chart.series.back().colour != colour;
    chart.series.push_back({.name = run.empty() ? name
                                    : named     ? run
                                                : "",
                            .x = epochs,
                            .y = table.column(column),
                            .colour = colour,
                            .dashed = dashed});
  }
}

}  // namespace

visual::LineChart loss_chart(const std::vector<std::string>& paths, const std::string& term) {
  const auto names = run_names(paths);
  visual::LineChart chart{term, "epoch", "nats per image", {}};
  for (size_t i = 0; i < paths.size(); ++i) {
    const MetricsTable table = metrics_of(RunDirectory::open(paths[i]), term);
    add_curves(chart, table, term, paths.size() > 1 ? names[i] : "", i);
  }
  if (paths.size() > 1) {
    chart.solid_name = "validation";
    chart.dashed_name = "training";
  }
  return chart;
}

std::vector<std::string> loss_terms_of(const std::vector<std::string>& paths,
                                       const std::string& asked) {
  if (asked != "all") return split_at_commas(asked);
  std::vector<std::string> common = loss_terms(paths.front());
  for (size_t i = 1; i < paths.size(); ++i) {
    const auto others = loss_terms(paths[i]);
    std::erase_if(common, [&](const std::string& term) {
      return std::find(others.begin(), others.end(), term) == others.end();
    });
  }
  return loss_first(std::move(common));
}

std::vector<std::string> run_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    names.push_back((whole.has_filename() ? whole : whole.parent_path()).filename().string());
  }
  return std::set<std::string>(names.begin(), names.end()).size() == names.size() ? names : paths;
}

}  // namespace latent
