// Records and fields of a text table whose separator is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/utf8_source.h"

namespace latent {

/// Splits text into records as CsvReader (format/csv.h) describes, whatever their width.
class CsvScanner {
 public:
  /// name: the file, for messages.
  CsvScanner(std::string name, Utf8Source source, char separator);

  /// Reads the next record; returns false at the end. Throws Error if a quote is not closed or it
  /// is not text.
  bool next(std::vector<std::string>& fields);

  /// Returns how messages about the last record begin: "labels.csv: line 7".
  std::string where() const;
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  int get();
  void skip_blanks();
  void read_quoted(std::string& field);
  /// Reads one field and returns the character that ended it: the separator, '\n' or the end.
  int read_field(std::string& field);
  bool is_blank(int character) const;
  bool ends_field(int character) const {
    return character == separator_ || character == '\n' || character == Utf8Source::kEnd;
  }

  std::string name_;
  Utf8Source source_;
  char separator_;
  int64_t line_ = 1;    // of the next character
  int64_t record_ = 1;  // line on which the last record begins
};

/// Returns "comma", "semicolon", "tab" or "bar".
std::string separator_name(char separator);

}  // namespace latent
