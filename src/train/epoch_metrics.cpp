#include "train/epoch_metrics.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

// Optimizers keep the rate in single precision: 0.001, not the double 0.0010000000474974513.
double shortest(double rate) {
  return std::strtod(fmt::format("{}", static_cast<float>(rate)).c_str(), nullptr);
}

// Returns the rows of `table` under other columns; NaN where it has no column of that name.
std::vector<std::vector<double>> rows_under(const std::vector<std::string>& columns,
                                            const MetricsTable& table) {
  std::vector<std::vector<double>> rows(
      table.rows.size(),
      std::vector<double>(columns.size(), std::numeric_limits<double>::quiet_NaN()));
  for (size_t to = 0; to < columns.size(); ++to) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), columns[to]);
    if (found == table.columns.end()) continue;
    const auto from = static_cast<size_t>(found - table.columns.begin());
    for (size_t i = 0; i < rows.size(); ++i)
      rows[i][to] = table.rows[i][from];
  }
  return rows;
}

}  // namespace

EpochMetrics::EpochMetrics(const Objective& objective, bool coded, std::filesystem::path path,
                           bool writes)
    : path_(std::move(path)), sparse_(objective.sparse()), coded_(coded), writes_(writes) {
  auto& columns = table_.columns;
  columns = {"epoch", "step", "seconds", "images_per_second", "learning_rate"};
  for (const char* split : {"train_", "val_"}) {
    columns.push_back(std::string(split) + "loss");
    for (const auto& name : objective.term_names())
      columns.push_back(split + name);
  }
  columns.emplace_back("val_nll_mean");
  if (sparse_) {
    for (const char* name : {"val_mean_activation", "val_active_share", "val_dead_units"})
      columns.emplace_back(name);
  }
  if (coded_) {
    for (const char* name : {"val_perplexity", "val_codes_used"})
      columns.emplace_back(name);
  }
}

std::vector<std::pair<std::string, double>> EpochMetrics::numbers(const EpochReport& report) const {
  std::vector<double> row{static_cast<double>(report.epoch), static_cast<double>(report.step),
                          report.seconds, report.images_per_second, shortest(report.learning_rate)};
  for (const auto& [name, value] : report.train)
    row.push_back(value);
  row.push_back(report.validation->loss);
  for (const auto& [name, value] : report.validation->terms)
    row.push_back(value);
  row.push_back(report.validation->nll_mean);
  if (const auto& sparsity = report.validation->sparsity; sparse_ && sparsity) {
    row.push_back(sparsity->mean_activation);
    row.push_back(sparsity->active_share);
    row.push_back(static_cast<double>(sparsity->dead_units));
  }
  if (const auto& codes = report.validation->codes; coded_ && codes) {
    row.push_back(codes->perplexity);
    row.push_back(static_cast<double>(codes->used) / static_cast<double>(codes->codes));
  }
  TORCH_CHECK(row.size() == table_.columns.size(), "an epoch without a value for each column");
  std::vector<std::pair<std::string, double>> named;
  for (size_t i = 0; i < row.size(); ++i)
    named.emplace_back(table_.columns[i], row[i]);
  return named;
}

void EpochMetrics::append(const EpochReport& report) {
  std::vector<double> row;
  for (const auto& [name, value] : report.numbers)
    row.push_back(value);
  table_.rows.push_back(std::move(row));
  write();
}

void EpochMetrics::store(TensorFile& file) const {
  file.metadata["metrics"] = metrics_text(table_);
}

void EpochMetrics::restore(const TensorFile& checkpoint, int64_t epochs) {
  MetricsTable table;
  const auto kept = checkpoint.metadata.find("metrics");
  if (kept != checkpoint.metadata.end())
    table = parse_metrics(kept->second, "the checkpoint's metrics");
  std::error_code code;
  // A training interrupted in its first epoch has no row, hence no file.
  if (epochs > 0 || std::filesystem::exists(path_, code)) {
    try {
      MetricsTable file = read_metrics(path_);
      // Checkpoints of older versions have no rows, or rows under other columns.
      const bool fits = file.columns == table_.columns && table.columns != table_.columns &&
                        file.rows.size() >= table.rows.size();
      if (kept == checkpoint.metadata.end() || fits) table = std::move(file);
    } catch (const Error& damage) {
      log::warn("{}; {}", damage.what(),
                kept != checkpoint.metadata.end() ? "rewritten from the checkpoint"
                                                  : "earlier epochs are now missing from it");
    }
  }
  if (!table.rows.empty() && table.columns != table_.columns) {
    log::warn("{}: earlier epochs were written with other columns; missing values are nan",
              path_.string());
  }
  table_.rows.clear();
  for (auto& row : rows_under(table_.columns, table)) {
    if (row.front() <= static_cast<double>(epochs)) table_.rows.push_back(std::move(row));
  }
  if (!table_.rows.empty()) {
    write();
  } else if (writes_) {
    std::filesystem::remove(path_, code);
  }
}

void EpochMetrics::write() const {
  if (!writes_) return;
  try {
    write_metrics(path_, table_);
  } catch (const Error& failure) {
    log::warn("{}; training continues, and the next epoch writes it again", failure.what());
  }
}

}  // namespace latent
