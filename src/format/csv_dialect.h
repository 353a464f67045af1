// How a text table is written: its separator, decimal commas, columns of row numbers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace latent {

struct CsvDialect {
  char separator = ',';              // , ; tab or |
  bool separator_line = false;       // the first line is "sep=;", which Excel writes and hides
  bool decimal_comma = false;        // 1,5 is one and a half
  size_t index_columns = 0;          // columns at the left that only number the rows
  std::vector<std::string> notices;  // choices that may be wrong, a line each
};

/// Finds the dialect from the beginning of a file.
///
/// The separator is the one that occurs in the first line and cuts the lines below it into as many
/// fields; if several do, the one that leaves more numbers; then a comma (a tab in a .tsv file).
/// Decimal commas are looked for where semicolons or tabs separate, and only if no number has a
/// point. Columns without a name, or called "Unnamed: 0", number the rows if they stand at the left
/// of a line of names and hold whole numbers, as pandas writes them.
///
/// name: the file's.  sample: UTF-8 text.  whole: whether it is all of the file.
CsvDialect find_dialect(const std::string& name, const std::string& sample, bool whole);

/// Returns whether a first record names columns: no field is a number, or they are 0, 1, 2 and so
/// on, as pandas names columns that have no names.
bool names_columns(const std::vector<std::string>& record);

/// Returns whether the text is a number with a decimal comma: "1,5", "-0,25e3".
bool has_decimal_comma(const std::string& text);

}  // namespace latent
