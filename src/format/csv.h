// Text tables as written by spreadsheets and scripts, read record by record.
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
/// Commas separate fields; quotes, doubled quotes, and commas and newlines inside quotes are as in
/// RFC 4180. A byte order mark is skipped, lines end with LF, CRLF or CR, empty lines are skipped.
/// Errors name the file and the line on which the record begins.
class CsvReader {
 public:
  /// Throws Error if the file is missing or a folder.
  explicit CsvReader(const std::filesystem::path& path);

  /// Reads the first record as the names of the columns. Throws Error if the file is empty, or a
  /// name is missing or occurs twice.
  std::vector<std::string> read_header();

  /// Reads the next record; returns false at the end. Throws Error if the number of fields differs
  /// from the first record, a quote is not closed, or it is not text (zero bytes, huge fields).
  bool next(std::vector<std::string>& fields);

  /// Returns how messages about the last record begin: "labels.csv: line 7".
  std::string where() const;

 private:
  int get();
  void read_quoted(std::string& field);
  /// Reads one field and returns the character that ended it: ',', '\n' or the end of the file.
  int read_field(std::string& field);
  [[noreturn]] void fail(const std::string& problem) const;

  std::string name_;
  std::ifstream in_;
  int64_t line_ = 1;    // of the next character
  int64_t record_ = 1;  // line on which the last record begins
  size_t width_ = 0;    // fields of the first record
};

/// Parses a number with optional spaces around it; returns nothing if it is not a finite number.
std::optional<double> parse_number(std::string_view text);

/// Returns the classes that the distinct words of a column name, in order; empty if the words are
/// numbers that are amounts. Numbers name classes, ordered by value, if they are whole, there are 2
/// to 30 of them, and they are not just 0 and 1 or -1 and 1, which mean no and yes.
std::vector<std::string> class_names(const std::set<std::string>& words);

}  // namespace latent
