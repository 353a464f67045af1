#include "run/metrics.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "core/error.h"
#include "core/system/file.h"
#include "core/text/split.h"

namespace latent {

std::vector<double> MetricsTable::column(const std::string& name) const {
  const auto at = std::find(columns.begin(), columns.end(), name);
  if (at == columns.end()) throw Error("metrics.csv: no column \"" + name + "\"");
  const auto index = static_cast<size_t>(at - columns.begin());
  std::vector<double> values;
  for (const auto& row : rows)
    values.push_back(row[index]);
  return values;
}

MetricsTable read_metrics(const std::filesystem::path& path) {
  return parse_metrics(read_file(path), path.string());
}

int64_t recorded_epochs(const std::filesystem::path& path) {
  try {
    return static_cast<int64_t>(read_metrics(path).rows.size());
  } catch (const Error&) {
    return 0;
  }
}

MetricsTable parse_metrics(const std::string& text, const std::string& origin) {
  std::istringstream in(text);
  MetricsTable table;
  std::string line;
  std::getline(in, line);
  table.columns = split_at_commas(line);
  for (int number = 2; std::getline(in, line); ++number) {
    std::vector<double> row;
    bool numbers = true;
    for (const auto& cell : split_at_commas(line)) {
      char* end = nullptr;
      row.push_back(std::strtod(cell.c_str(), &end));
      numbers = numbers && end != cell.c_str() && *end == '\0';
    }
    if (!numbers || row.size() != table.columns.size()) {
      throw Error(fmt::format("{}: line {} is damaged; expected {} numbers", origin, number,
                              table.columns.size()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string metrics_text(const MetricsTable& table) {
  std::string text = fmt::format("{}\n", fmt::join(table.columns, ","));
  for (const auto& row : table.rows)
    text += fmt::format("{}\n", fmt::join(row, ","));
  return text;
}

void write_metrics(const std::filesystem::path& path, const MetricsTable& table) {
  write_file(path, metrics_text(table));
}

}  // namespace latent
