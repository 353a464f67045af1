#include "format/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

// A file beyond these limits is not a table, or an attack.
constexpr size_t kLongestField = size_t{1} << 20;
constexpr size_t kMaxFields = size_t{1} << 16;

constexpr size_t kMaxClassNumbers = 30;

constexpr int kEnd = std::ifstream::traits_type::eof();

bool name_classes(const std::set<double>& different) {
  if (different.size() < 2 || different.size() > kMaxClassNumbers) return false;
  const bool yes_or_no =
      different == std::set<double>{0, 1} || different == std::set<double>{-1, 1};
  return !yes_or_no && std::all_of(different.begin(), different.end(),
                                   [](double value) { return value == std::floor(value); });
}

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path)
    : name_(path.string()), in_(open_regular_file(path)) {
  std::string mark(3, '\0');
  in_.read(mark.data(), 3);
  if (in_.gcount() == 3 && mark == "\xef\xbb\xbf") return;
  in_.clear();
  in_.seekg(0);
}

std::vector<std::string> CsvReader::read_header() {
  std::vector<std::string> names;
  if (!next(names)) throw Error(name_ + ": empty; expected a line of column names");
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (name.empty()) fail("a column has no name; expected a line of column names");
    if (!seen.insert(name).second) fail("two columns are called \"" + name + "\"");
  }
  return names;
}

bool CsvReader::next(std::vector<std::string>& fields) {
  int end = '\n';
  do {  // past empty lines
    fields.clear();
    record_ = line_;
    if (in_.peek() == kEnd) return false;
    do {
      if (fields.size() == kMaxFields)
        fail("more than " + std::to_string(kMaxFields) + " fields; expected a table");
      end = read_field(fields.emplace_back());
    } while (end == ',');
  } while (fields.size() == 1 && fields[0].empty());
  if (width_ == 0) width_ = fields.size();
  if (fields.size() != width_) {
    fail(std::to_string(fields.size()) + " fields; expected " + std::to_string(width_) +
         " as in the first line");
  }
  return true;
}

std::string CsvReader::where() const { return name_ + ": line " + std::to_string(record_); }

int CsvReader::get() {
  int character = in_.rdbuf()->sbumpc();
  if (character == 0) fail("a zero byte; expected UTF-8 text");
  if (character == '\r') {
    if (in_.rdbuf()->sgetc() == '\n') in_.rdbuf()->sbumpc();
    character = '\n';
  }
  if (character == '\n') ++line_;
  return character;
}

void CsvReader::read_quoted(std::string& field) {
  for (int character = get();; character = get()) {
    if (character == kEnd) fail("a quote is not closed");
    if (character == '"') {
      if (in_.rdbuf()->sgetc() != '"') return;
      in_.rdbuf()->sbumpc();
    }
    field += static_cast<char>(character);
    if (field.size() > kLongestField) fail("a field of more than 1 MB; is a quote not closed?");
  }
}

int CsvReader::read_field(std::string& field) {
  int character = get();
  if (character == '"') {
    read_quoted(field);
    character = get();
    if (character != ',' && character != '\n' && character != kEnd)
      fail("text after a closing quote; expected a comma (a quote within quotes is doubled)");
    return character;
  }
  while (character != ',' && character != '\n' && character != kEnd) {
    field += static_cast<char>(character);
    if (field.size() > kLongestField) fail("a field of more than 1 MB; expected a table");
    character = get();
  }
  return character;
}

void CsvReader::fail(const std::string& problem) const { throw Error(where() + ": " + problem); }

std::optional<double> parse_number(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
  // from_chars accepts no plus sign; unlike strtod it ignores the locale.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::vector<std::string> class_names(const std::set<std::string>& words) {
  std::vector<std::string> names(words.begin(), words.end());
  if (!std::all_of(names.begin(), names.end(), parse_number)) return names;
  std::set<double> numbers;
  for (const auto& name : names)
    numbers.insert(*parse_number(name));
  if (!name_classes(numbers)) return {};
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    return *parse_number(a) < *parse_number(b);
  });
  return names;
}

}  // namespace latent
