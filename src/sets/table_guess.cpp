#include "sets/table_guess.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/text/split.h"
#include "format/csv.h"
#include "image/formats.h"
#include "sets/missing_value.h"
#include "sets/picture_rows.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostClasses = 100;

/// The values of a column in the first rows.
struct ColumnValues {
  bool numbers = true, whole = true;
  double low = 0, high = 0;
  std::set<double> different;
};

ColumnValues values_of(const TableHead& head, size_t column) {
  ColumnValues found;
  for (const auto& row : head.rows) {
    const auto value = parse_number(row[column]);
    if (!value && is_missing(row[column])) continue;
    found.numbers = found.numbers && value;
    if (!value) continue;
    found.whole = found.whole && *value == std::floor(*value);
    found.low = found.different.empty() ? *value : std::min(found.low, *value);
    found.high = found.different.empty() ? *value : std::max(found.high, *value);
    found.different.insert(*value);
  }
  found.numbers = found.numbers && !found.different.empty();
  return found;
}

// "pixel#" for "pixel12", "#x#" for "1x28".
std::string without_numbers(const std::string& name) {
  std::string text;
  for (const char letter : name) {
    const bool digit = std::isdigit(static_cast<unsigned char>(letter)) != 0;
    if (!digit) text += letter;
    if (digit && (text.empty() || text.back() != '#')) text += '#';
  }
  return text;
}

// The square of the columns first to last - 1 if they are pixels, else [].
std::vector<int64_t> square_in(const TableHead& head, size_t first, size_t last) {
  auto square = square_of(static_cast<int64_t>(last - first));
  for (size_t i = first; i < last && !square.empty(); ++i) {
    const bool counted =
        !head.named || without_numbers(head.names[i]) == without_numbers(head.names[first]);
    const ColumnValues values = values_of(head, i);
    if (!counted || !values.numbers || !values.whole || values.low < 0 || values.high > 255)
      square.clear();
  }
  const bool serial =
      !head.named || without_numbers(head.names[first]).find('#') != std::string::npos;
  return serial ? square : std::vector<int64_t>{};
}

size_t label_by_name(const TableHead& head) {
  static const std::set<std::string> words{"label", "labels", "class", "target"};
  size_t found = head.names.size();
  for (size_t i = 0; i < head.names.size(); ++i) {
    if (!words.contains(lower_case(head.names[i]))) continue;
    if (found < head.names.size()) return head.names.size();  // two of them
    found = i;
  }
  return found;
}

bool could_be_classes(const ColumnValues& values) {
  return values.numbers && values.whole && values.low >= -1 && values.different.size() > 1 &&
         values.different.size() <= kMostClasses;
}

// The archive's rows begin with their class; then come numbers with decimals.
bool is_ucr(const TableHead& head, const fs::path& path) {
  const std::string ending = path.extension().string();
  if (head.named || head.names.size() < 3 || (ending != ".tsv" && ending != ".txt")) return false;
  if (!could_be_classes(values_of(head, 0))) return false;
  for (size_t i = 1; i < head.names.size(); ++i) {
    const ColumnValues values = values_of(head, i);
    if (!values.numbers || values.whole) return false;
  }
  return true;
}

}  // namespace

TableGuess guess_table(const TableHead& head, const fs::path& path) {
  const size_t columns = head.names.size(), label = label_by_name(head);
  const auto with = [&](size_t column, size_t first, size_t last) {
    return TableGuess{column < columns ? head.names[column] : "", square_in(head, first, last)};
  };
  if (label == 0) return with(label, 1, columns);
  if (label == columns - 1) return with(label, 0, label);
  if (label < columns) return {head.names[label], {}};
  if (const auto whole = square_in(head, 0, columns); !whole.empty()) return {"", whole};
  if (columns > 2 && !head.named) {
    const TableGuess first = with(0, 1, columns), last = with(columns - 1, 0, columns - 1);
    if (!first.shape.empty() && could_be_classes(values_of(head, 0))) return first;
    if (!last.shape.empty() && could_be_classes(values_of(head, columns - 1))) return last;
  }
  return {is_ucr(head, path) ? head.names[0] : "", {}};
}

std::string column_of_images(const TableHead& head) {
  for (size_t column = 0; column < head.names.size() && !head.rows.empty(); ++column) {
    const bool images = std::all_of(head.rows.begin(), head.rows.end(), [&](const auto& row) {
      return is_image_ending(fs::path(row[column]).extension().string());
    });
    if (images) return head.names[column];
  }
  return "";
}

fs::path test_table_beside(const fs::path& path, const TableHead& head) {
  const std::string name = path.filename().string();
  for (const auto& [train, test] :
       {std::pair{"train", "test"}, {"TRAIN", "TEST"}, {"Train", "Test"}}) {
    const size_t at = name.rfind(train);
    if (at == std::string::npos) continue;
    std::string other = name;
    other.replace(at, std::string(train).size(), test);
    const fs::path beside = path.parent_path() / other;
    if (std::error_code ignored; !fs::is_regular_file(beside, ignored)) continue;
    try {
      if (read_head(beside, 1).names == head.names) return beside;
    } catch (const Error&) {
      continue;  // not a table like the first
    }
  }
  return {};
}

}  // namespace latent
