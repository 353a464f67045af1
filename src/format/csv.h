// Text tables as spreadsheets and scripts write them, read record by record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace latent {

/// Reads a CSV file of UTF-8 text in bounded memory.
///
/// Fields are parted by commas; quotes, doubled quotes, and commas and newlines inside quotes as in
/// RFC 4180. A byte order mark is skipped, lines end with LF, CRLF or CR, empty lines are skipped.
/// All errors name the file and the line on which the record begins.
class CsvReader {
 public:
  /// Throws Error if the file is missing or a folder.
  explicit CsvReader(const std::filesystem::path& path);

  /// Reads the first record as the columns' names. Throws Error if the file is empty, or a name is
  /// missing or stands there twice.
  std::vector<std::string> read_header();

  /// Reads the next record; false at the end. Throws Error if it has not as many fields as the
  /// first record, a quote is not closed, or it is no text: zero bytes, huge fields.
  bool next(std::vector<std::string>& fields);

  /// "labels.csv: line 7", the last record's, as messages begin.
  std::string where() const;

 private:
  int get();
  void read_quoted(std::string& field);
  /// Reads one field; returns what ended it: ',', '\n' or the end of the file.
  int read_field(std::string& field);
  [[noreturn]] void fail(const std::string& problem) const;

  std::string name_;
  std::ifstream in_;
  int64_t line_ = 1;    // of the next character
  int64_t record_ = 1;  // line on which the last record begins
  size_t width_ = 0;    // fields of the first record
};

/// The number that `text` spells out, spaces around it allowed; nothing if it is no finite number.
std::optional<double> parse_number(std::string_view text);

/// The classes that a column's different words name, in order; empty if they are all numbers that
/// say amounts. Numbers name classes if they are whole, 2 to 30 of them, and not only 0 and 1 or -1
/// and 1, which say no and yes; these are in the order of their values.
std::vector<std::string> class_names(const std::set<std::string>& words);

}  // namespace latent
