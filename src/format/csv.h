// Text tables as written by spreadsheets and scripts, read record by record.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "format/csv_dialect.h"
#include "format/csv_scanner.h"
#include "format/values.h"

namespace latent {

/// Reads a CSV file in bounded memory, in the dialect that its beginning shows (`find_dialect`).
///
/// The text is UTF-8, or UTF-16 with a byte order mark. Commas, semicolons, tabs or bars separate
/// fields; quotes, doubled quotes, and separators and newlines inside quotes are as in RFC 4180.
/// Spaces around fields and quotes are left out. Lines end with LF, CRLF or CR, empty lines are
/// skipped. Columns that only number the rows are left out; decimal commas become points.
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
  std::string where() const { return scanner_->where(); }

  const CsvDialect& dialect() const { return dialect_; }
  /// Returns what a reader of the file should know of how it was read: each a line that names it.
  std::vector<std::string> notices() const;

 private:
  std::string name_;
  CsvDialect dialect_;
  bool utf16_ = false;
  std::optional<CsvScanner> scanner_;
  size_t width_ = 0;  // fields of the first record
};

}  // namespace latent
