#include "format/csv.h"

#include <fstream>
#include <memory>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

// Enough of a file to see its dialect: some lines of most tables, two of wide ones.
constexpr size_t kSampleBytes = size_t{1} << 16;
constexpr size_t kLongestSample = size_t{1} << 22;

Utf8Source open_text(const std::filesystem::path& path) {
  return Utf8Source(std::make_unique<std::ifstream>(open_regular_file(path)));
}

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path) : name_(path.string()) {
  Utf8Source source = open_text(path);
  utf16_ = source.is_utf16();
  std::string sample;
  for (size_t lines = 0; source.peek() != Utf8Source::kEnd && sample.size() < kLongestSample;) {
    if (sample.size() >= kSampleBytes && lines > 2) break;
    const int byte = source.get();
    if (byte == '\n') ++lines;
    sample += static_cast<char>(byte);
  }
  dialect_ = find_dialect(name_, sample, source.peek() == Utf8Source::kEnd);
  scanner_.emplace(name_, open_text(path), dialect_.separator);
  if (std::vector<std::string> ignored; dialect_.separator_line) scanner_->next(ignored);
}

std::vector<std::string> CsvReader::read_header() {
  std::vector<std::string> names;
  if (!next(names)) throw Error(name_ + ": empty; expected a line of column names");
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (name.empty()) scanner_->fail("a column has no name; expected a line of column names");
    if (!seen.insert(name).second) scanner_->fail("two columns are called \"" + name + "\"");
  }
  return names;
}

bool CsvReader::next(std::vector<std::string>& fields) {
  if (!scanner_->next(fields)) return false;
  if (width_ == 0) width_ = fields.size();
  if (fields.size() != width_) {
    scanner_->fail(std::to_string(fields.size()) + " fields; expected " + std::to_string(width_) +
                   " as in the first line" +
                   (dialect_.separator == ','
                        ? ""
                        : ", separated by " + separator_name(dialect_.separator) + "s"));
  }
  fields.erase(fields.begin(),
               fields.begin() + static_cast<std::ptrdiff_t>(dialect_.index_columns));
  if (!dialect_.decimal_comma) return true;
  for (auto& field : fields) {
    if (has_decimal_comma(field)) field[field.find(',')] = '.';
  }
  return true;
}

std::vector<std::string> CsvReader::notices() const {
  std::vector<std::string> lines;
  if (utf16_) lines.push_back(name_ + ": UTF-16 text, converted");
  for (const auto& notice : dialect_.notices)
    lines.push_back(name_ + ": " + notice);
  return lines;
}

}  // namespace latent
