#include "format/csv_dialect.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "format/csv_scanner.h"
#include "format/values.h"

namespace latent {
namespace {

using Records = std::vector<std::vector<std::string>>;

constexpr size_t kMaxSampled = 1000;  // records
constexpr size_t kFewestCounted = 3;  // 0 and 1 alone are as likely a row of values

// Records of the sample under one separator; those from the first damaged one on are left out, the
// reader refuses them later.
Records scan(const std::string& sample, bool whole, char separator) {
  CsvScanner scanner("", Utf8Source(std::make_unique<std::istringstream>(sample)), separator);
  Records records;
  std::vector<std::string> fields;
  try {
    while (records.size() < kMaxSampled && scanner.next(fields))
      records.push_back(fields);
  } catch (const Error&) {
    if (records.empty()) records.push_back(fields);
    return records;
  }
  const bool cut = !whole && records.size() < kMaxSampled && records.size() > 1;
  if (cut) records.pop_back();
  return records;
}

// How well a separator fits.
struct Fit {
  double same = 0;     // share of the records that are as wide as the first
  double numbers = 0;  // share of the fields that are numbers
};

Fit fit(const Records& records) {
  Fit found;
  size_t fields = 0;
  for (const auto& record : records) {
    found.same += record.size() == records[0].size() ? 1 : 0;
    fields += record.size();
    for (const auto& field : record)
      found.numbers += parse_number(field) || has_decimal_comma(field) ? 1 : 0;
  }
  found.same /= static_cast<double>(records.size());
  found.numbers /= static_cast<double>(fields);
  return found;
}

// "sep=;"
std::optional<char> stated_separator(const std::string& sample) {
  const bool stated = sample.size() > 5 && sample.starts_with("sep=") &&
                      (sample[5] == '\n' || sample[5] == '\r') &&
                      std::string(",;\t|").find(sample[4]) != std::string::npos;
  return stated ? std::optional(sample[4]) : std::nullopt;
}

void choose_separator(const std::string& name, const std::string& sample, bool whole,
                      CsvDialect& dialect) {
  std::optional<std::tuple<double, double>> best;
  std::vector<char> equal;
  for (const char separator : std::string(name.ends_with(".tsv") ? "\t,;|" : ",;\t|")) {
    const Records records = scan(sample, whole, separator);
    if (records.empty() || records[0].size() < 2) continue;
    const Fit found = fit(records);
    const std::tuple score{found.same, found.numbers};
    if (best && score == *best) equal.push_back(separator);
    if (best && score <= *best) continue;
    best = score;
    equal = {separator};
  }
  if (!equal.empty()) dialect.separator = equal.front();
  if (equal.size() < 2) return;
  dialect.notices.push_back("fields are separated by " + separator_name(equal[0]) + "s; " +
                            separator_name(equal[1]) + "s would fit too");
}

bool is_whole(const std::string& text) {
  const size_t first = text.starts_with('-') ? 1 : 0;
  return text.size() > first && text.size() < 19 &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(),
                     [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

size_t count_index_columns(const Records& records) {
  const auto& header = records[0];
  size_t count = 0;
  const auto unnamed = [&](size_t i) {
    return (i == 0 && header[i].empty()) || header[i].starts_with("Unnamed: ");
  };
  const auto numbers_rows = [&](size_t i) {
    return std::all_of(records.begin() + 1, records.end(), [&](const auto& record) {
      return i < record.size() && is_whole(record[i]);
    });
  };
  while (count + 1 < header.size() && unnamed(count) && numbers_rows(count))
    ++count;
  const auto rest = header.begin() + static_cast<std::ptrdiff_t>(count);
  return records.size() > 1 && names_columns({rest, header.end()}) ? count : 0;
}

// Whether a comma may stand between thousands: "1,500", but not "0,500" or "1,5".
bool may_be_thousands(const std::string& text) {
  const size_t comma = text.find(',');
  const size_t first = text.find_first_of("0123456789");
  return text.size() == comma + 4 && comma <= first + 3 && text[first] != '0';
}

void find_decimal_commas(const Records& records, CsvDialect& dialect) {
  if (dialect.separator != ';' && dialect.separator != '\t') return;
  std::string comma, sure;
  for (const auto& record : records) {
    for (const auto& field : record) {
      if (field.find('.') != std::string::npos && parse_number(field)) return;
      if (!has_decimal_comma(field)) continue;
      if (comma.empty()) comma = field;
      if (sure.empty() && !may_be_thousands(field)) sure = field;
    }
  }
  if (comma.empty()) return;
  dialect.decimal_comma = !sure.empty();
  dialect.notices.push_back(
      dialect.decimal_comma
          ? "commas are decimal: \"" + sure + "\""
          : "\"" + comma +
                "\" may have a decimal comma or thousands, and stays a word; write "
                "numbers with a decimal point");
}

}  // namespace

bool has_decimal_comma(const std::string& text) {
  const size_t comma = text.find(',');
  if (comma == std::string::npos || comma == 0 || comma + 1 == text.size()) return false;
  const auto digit = [&](size_t at) {
    return std::isdigit(static_cast<unsigned char>(text[at])) != 0;
  };
  if (!digit(comma - 1) || !digit(comma + 1) || text.find('.') != std::string::npos) return false;
  std::string point = text;
  point[comma] = '.';
  return parse_number(point).has_value();
}

bool names_columns(const std::vector<std::string>& record) {
  bool counted = record.size() >= kFewestCounted, words = true;
  for (size_t i = 0; i < record.size(); ++i) {
    counted &= record[i] == std::to_string(i);
    words &= !parse_number(record[i]);
  }
  return words || counted;
}

CsvDialect find_dialect(const std::string& name, const std::string& sample, bool whole) {
  CsvDialect dialect;
  std::string_view rest = sample;
  if (const auto stated = stated_separator(sample)) {
    dialect.separator = *stated;
    dialect.separator_line = true;
    rest.remove_prefix(5);
  } else {
    choose_separator(name, sample, whole, dialect);
  }
  const Records records = scan(std::string(rest), whole, dialect.separator);
  if (records.empty()) return dialect;
  find_decimal_commas(records, dialect);
  dialect.index_columns = count_index_columns(records);
  if (dialect.index_columns > 0) {
    dialect.notices.push_back(
        dialect.index_columns == 1
            ? "the first column, which numbers the rows and has no name, is left out"
            : "the first columns, which number the rows and have no names, are left out");
  }
  return dialect;
}

}  // namespace latent
