#include "sets/table.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text/suggest.h"
#include "format/csv.h"
#include "sets/missing_value.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNone = SIZE_MAX;

// Whether the fields from the first to the last but one count on in steps of one. start: with which
// they must begin; none: any number.
bool counts(const std::vector<std::string>& fields, size_t first, size_t last,
            std::optional<double> start) {
  constexpr size_t kFewestNames = 3;  // fewer are rather a row
  if (last > fields.size() || first + kFewestNames > last) return false;
  if (!start) start = parse_number(fields[first]);
  for (size_t i = first; start && i < last; ++i) {
    if (parse_number(fields[i]) != *start + static_cast<double>(i - first)) return false;
  }
  return start.has_value();
}

// The numbers of a line, between words at its ends: the first and the one after the last.
std::pair<size_t, size_t> numbers_between_words(const std::vector<std::string>& fields) {
  size_t first = 0, last = fields.size();
  while (first < last && !parse_number(fields[first]))
    ++first;
  while (first < last && !parse_number(fields[last - 1]))
    --last;
  return {first, last};
}

// Whether words stand in both lines at one place beside few numbers: two rows rather than names and
// a row.
bool words_in_both(const std::vector<std::string>& names, const std::vector<std::string>& row) {
  constexpr size_t kCertain = 16;  // so many numbers do not count from 0 by chance
  if (names.size() > kCertain) return false;
  for (size_t i = 0; i < std::min(names.size(), row.size()); ++i) {
    const auto is_word = [&](const std::string& field) {
      return !is_missing(field) && !parse_number(field);
    };
    if (is_word(names[i]) && is_word(row[i])) return true;
  }
  return false;
}

/// What the first lines of a file say about its line of names.
struct NamesLine {
  bool there = false;
  std::string note;
};

// A first line with a number in it is data, except for the 0, 1, 2, ... of pandas, which may have
// the names of other columns before and after them.
NamesLine find_line_of_names(const fs::path& path, const std::string& header) {
  CsvReader reader(path);
  std::vector<std::string> first, second;
  if (!reader.next(first))
    throw Error(path.string() + ": empty; expected a line of numbers for each example");
  if (header != "auto") return {header == "yes", ""};
  const bool words = std::none_of(first.begin(), first.end(), [](const std::string& field) {
    return parse_number(field).has_value();
  });
  if (words) return {true, ""};
  const auto [begin, end] = numbers_between_words(first);
  if (!counts(first, begin, end, 0.0) || !reader.next(second) ||
      counts(second, begin, end, std::nullopt) || words_in_both(first, second))
    return {false, ""};
  const std::string others = end - begin < first.size() ? " beside words" : "";
  return {true, fmt::format("{}: its first line, 0 to {}{}, is read as the names of the columns "
                            "(data.header: no if it is a row)",
                            path.string(), first[end - 1], others)};
}

// [N, width], without a copy: tables of pictures are large.
Tensor as_tensor(std::unique_ptr<std::vector<double>> values, int64_t width) {
  double* first = values->data();
  const auto rows = static_cast<int64_t>(values->size()) / width;
  return at::from_blob(
      first, {rows, width}, [held = values.release()](void*) { delete held; }, at::kDouble);
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
    const bool lacks = format_.label_may_lack &&
                       std::find(names.begin(), names.end(), format_.label) == names.end();
    if (!format_.label.empty() && !lacks) label = find(names, format_.label, format_.label_key);
    if (!format_.columns.empty()) {
      choose_named(names);
      return;
    }
    for (size_t i = 0; i < names.size(); ++i) {
      if (i == label) continue;
      const bool words = !is_missing(record[i]) && !parse_number(record[i]);
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

Tensor Table::incomplete() const { return values.isnan().any(1); }

Table Table::complete() const {
  Table rows = *this;
  const Tensor kept = incomplete().logical_not().nonzero().flatten();
  rows.values = values.index_select(0, kept);
  rows.labels.clear();
  for (int64_t i = 0; i < kept.numel() && !labels.empty(); ++i)
    rows.labels.push_back(labels[static_cast<size_t>(kept[i].item<int64_t>())]);
  return rows;
}

TableHead read_head(const fs::path& path, size_t most) {
  TableHead head;
  head.named = find_line_of_names(path, "auto").there;
  CsvReader reader(path);
  if (head.named) head.names = reader.read_header();
  for (std::vector<std::string> record; head.rows.size() < most && reader.next(record);)
    head.rows.push_back(record);
  if (!head.named) head.names = numbered(head.rows.front().size());
  return head;
}

Table read_table(const fs::path& path, const TableFormat& format) {
  const NamesLine header = find_line_of_names(path, format.header);
  CsvReader reader(path);
  std::vector<std::string> names = header.there ? reader.read_header() : std::vector<std::string>{};
  Choice choice(path, format, header.there);
  Table table;
  if (!header.note.empty()) table.notices.push_back(header.note);
  auto values = std::make_unique<std::vector<double>>();
  for (std::vector<std::string> record; reader.next(record);) {
    if (values->empty()) {
      if (!header.there) names = numbered(record.size());
      choice.choose(names, record);
    }
    for (size_t i = 0; i < choice.places.size(); ++i) {
      const std::string& field = record[choice.places[i]];
      const auto value = parse_number(field);
      if (!value && !is_missing(field)) {
        throw Error(
            fmt::format("{}: column {}: got \"{}\"; expected a number, or data.columns "
                        "without this column",
                        reader.where(), choice.columns[i], field));
      }
      if (!value && table.first_missing.empty())
        table.first_missing = fmt::format("{}: column {}", reader.where(), choice.columns[i]);
      values->push_back(value.value_or(NAN));
    }
    if (choice.label != kNone) table.labels.push_back(record[choice.label]);
    if (choice.label == kNone && !format.label.empty()) table.labels.emplace_back();
  }
  if (values->empty()) throw Error(path.string() + ": no rows; expected numbers below the names");
  table.columns = choice.columns;
  table.left_out = choice.left_out;
  for (const auto& notice : reader.notices())
    table.notices.push_back(notice);
  table.values = as_tensor(std::move(values), static_cast<int64_t>(table.columns.size()));
  return table;
}

}  // namespace latent
