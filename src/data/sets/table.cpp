#include "data/sets/table.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/text/suggest.h"
#include "format/csv.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNone = SIZE_MAX;

// A first line with a number in it is data.
bool has_names(const fs::path& path, const std::string& header) {
  std::vector<std::string> first;
  if (!CsvReader(path).next(first))
    throw Error(path.string() + ": empty; expected a line of numbers for each example");
  if (header != "auto") return header == "yes";
  return names_columns(first);
}

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 1; i <= count; ++i)
    names.push_back(std::to_string(i));
  return names;
}

// Which fields of a record are which.
class Choice {
 public:
  Choice(const fs::path& path, const TableFormat& format, bool named)
      : path_(path.string()), format_(format), named_(named) {}

  // record: the first row of values.
  void choose(const std::vector<std::string>& names, const std::vector<std::string>& record) {
    if (!format_.label.empty()) label = find(names, format_.label, format_.label_key);
    if (!format_.columns.empty()) {
      choose_named(names);
      return;
    }
    for (size_t i = 0; i < names.size(); ++i) {
      if (i == label) continue;
      const bool words = !record[i].empty() && !parse_number(record[i]);
      (words ? left_out : columns).push_back(names[i]);
      if (!words) places.push_back(i);
    }
    if (columns.empty()) throw Error(path_ + ": no column of numbers; expected a row an example");
  }

  std::vector<std::string> columns, left_out;
  std::vector<size_t> places;  // of the columns
  size_t label = kNone;

 private:
  void choose_named(const std::vector<std::string>& names) {
    columns = format_.columns;
    const bool all_there = std::all_of(columns.begin(), columns.end(), [&](const auto& column) {
      return std::find(names.begin(), names.end(), column) != names.end();
    });
    const bool in_order = !named_ && !all_there && names.size() == columns.size();
    for (size_t i = 0; i < columns.size(); ++i)
      places.push_back(in_order ? i : find(names, columns[i], format_.columns_key));
  }

  size_t find(const std::vector<std::string>& names, const std::string& column,
              const std::string& key) const {
    const auto found = std::find(names.begin(), names.end(), column);
    if (found != names.end()) return static_cast<size_t>(found - names.begin());
    throw Error(key + ": no column \"" + column + "\" in " + path_ + "; " +
                did_you_mean(column, names));
  }

  std::string path_;
  const TableFormat& format_;
  bool named_;
};

}  // namespace

Table read_table(const fs::path& path, const TableFormat& format) {
  const bool named = has_names(path, format.header);
  CsvReader reader(path);
  std::vector<std::string> names = named ? reader.read_header() : std::vector<std::string>{};
  Choice choice(path, format, named);
  Table table;
  std::vector<double> values;
  for (std::vector<std::string> record; reader.next(record);) {
    if (values.empty()) {
      if (!named) names = numbered(record.size());
      choice.choose(names, record);
    }
    for (size_t i = 0; i < choice.places.size(); ++i) {
      const std::string& field = record[choice.places[i]];
      const auto value = parse_number(field);
      if (!value) {
        throw Error(
            fmt::format("{}: column {}: got \"{}\"; expected a number, or data.columns "
                        "without this column",
                        reader.where(), choice.columns[i], field));
      }
      values.push_back(*value);
    }
    if (choice.label != kNone) table.labels.push_back(record[choice.label]);
  }
  if (values.empty()) throw Error(path.string() + ": no rows; expected numbers below the names");
  table.columns = choice.columns;
  table.left_out = choice.left_out;
  table.notices = reader.notices();
  const auto width = static_cast<int64_t>(table.columns.size());
  table.values = torch::tensor(values, at::kDouble).view({-1, width});
  return table;
}

}  // namespace latent
