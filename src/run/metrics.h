// metrics.csv: one row per epoch, one column per named number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace latent {

/// The table in memory. Numbers are written with enough digits to be read back exactly.
struct MetricsTable {
  std::vector<std::string> columns;
  std::vector<std::vector<double>> rows;

  /// Returns the values of a column. Throws Error if there is none of that name.
  std::vector<double> column(const std::string& name) const;
};

/// Reads metrics.csv. Throws Error naming the file and the line that is malformed.
MetricsTable read_metrics(const std::filesystem::path& path);

/// Returns the number of epochs in metrics.csv; 0 if it is missing or damaged.
int64_t recorded_epochs(const std::filesystem::path& path);

/// Returns the table as text in the format of metrics.csv.
std::string metrics_text(const MetricsTable& table);
/// Parses such text. Throws Error naming `origin` and the line that is malformed.
MetricsTable parse_metrics(const std::string& text, const std::string& origin);

/// Writes the whole table atomically.
void write_metrics(const std::filesystem::path& path, const MetricsTable& table);

}  // namespace latent
