#include "format/csv_scanner.h"

#include <utility>

#include "core/error.h"

namespace latent {
namespace {

// A file beyond these limits is not a table, or an attack.
constexpr size_t kLongestField = size_t{1} << 20;
constexpr size_t kMaxFields = size_t{1} << 16;

}  // namespace

CsvScanner::CsvScanner(std::string name, Utf8Source source, char separator)
    : name_(std::move(name)), source_(std::move(source)), separator_(separator) {}

bool CsvScanner::next(std::vector<std::string>& fields) {
  int end = '\n';
  do {  // past empty lines
    fields.clear();
    record_ = line_;
    if (source_.peek() == Utf8Source::kEnd) return false;
    do {
      if (fields.size() == kMaxFields)
        fail("more than " + std::to_string(kMaxFields) + " fields; expected a table");
      end = read_field(fields.emplace_back());
    } while (end == separator_);
  } while (fields.size() == 1 && fields[0].empty());
  return true;
}

std::string CsvScanner::where() const { return name_ + ": line " + std::to_string(record_); }

void CsvScanner::fail(const std::string& problem) const { throw Error(where() + ": " + problem); }

int CsvScanner::get() {
  int character = source_.get();
  if (character == 0)
    fail(
        "a zero byte; expected UTF-8 text (a workbook must be saved as CSV), or UTF-16 text that "
        "begins with a byte order mark");
  if (character == '\r') {
    if (source_.peek() == '\n') source_.get();
    character = '\n';
  }
  if (character == '\n') ++line_;
  return character;
}

bool CsvScanner::is_blank(int character) const {
  return character == ' ' || (character == '\t' && separator_ != '\t');
}

void CsvScanner::skip_blanks() {
  while (is_blank(source_.peek()))
    source_.get();
}

void CsvScanner::read_quoted(std::string& field) {
  for (int character = get();; character = get()) {
    if (character == Utf8Source::kEnd) fail("a quote is not closed");
    if (character == '"') {
      if (source_.peek() != '"') return;
      source_.get();
    }
    field += static_cast<char>(character);
    if (field.size() > kLongestField) fail("a field of more than 1 MB; is a quote not closed?");
  }
}

int CsvScanner::read_field(std::string& field) {
  skip_blanks();
  int character = get();
  if (character == '"') {
    read_quoted(field);
    skip_blanks();
    character = get();
    if (!ends_field(character)) {
      fail("text after a closing quote; expected a " + separator_name(separator_) +
           " (a quote within quotes is doubled)");
    }
    return character;
  }
  size_t length = 0;  // without the blanks at the end
  while (!ends_field(character)) {
    field += static_cast<char>(character);
    if (!is_blank(character)) length = field.size();
    if (field.size() > kLongestField) fail("a field of more than 1 MB; expected a table");
    character = get();
  }
  field.resize(length);
  return character;
}

std::string separator_name(char separator) {
  switch (separator) {
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    case '|':
      return "bar";
    default:
      return "comma";
  }
}

}  // namespace latent
