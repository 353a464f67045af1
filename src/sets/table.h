// Reads CSV files of numbers; each row is an example.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// Selects what to read from a file.
struct TableFormat {
  std::string header = "auto";         // auto, yes, no
  std::vector<std::string> columns;    // in this order; empty: all whose first value is a number
  std::string label;                   // a column of words or numbers; empty: none
  std::string columns_key, label_key;  // where these stand, for messages
  bool label_may_lack = false;         // without that column the labels are unknown, not an error
};

struct Table {
  std::vector<std::string> columns;   // D
  std::vector<std::string> left_out;  // columns of text that were not selected
  Tensor values;                      // [N, D] float64; NaN where a value is missing
  std::vector<std::string> labels;    // N, or empty; "" if the column may lack and does
  std::string first_missing;          // "t.csv: line 19: column a", or ""
  std::vector<std::string> notices;   // of the reader: choices that it made

  /// Returns which rows lack a value: [N] bool.
  Tensor incomplete() const;
  /// Returns the rows that lack none.
  Table complete() const;
};

/// The beginning of a table.
struct TableHead {
  std::vector<std::string> names;  // of the columns; 1, 2, 3, ... without a line of names
  bool named = false;              // by a line of names
  std::vector<std::vector<std::string>> rows;
};

/// Reads the names and at most `most` rows. Throws Error as read_table does.
TableHead read_head(const std::filesystem::path& path, size_t most);

/// Reads a table. Without a line of names the columns are called 1, 2, 3, ...; if their number is
/// that of the columns selected by other names, they are taken in that order. A first line of 0, 1,
/// 2, ..., as pandas names columns, perhaps with words before and after, is a line of names unless
/// the next line counts on in the same way or has words at the same places. Throws Error naming
/// file, line and column for a value that is neither a number nor missing (missing_value.h), and
/// naming the key for a missing column.
Table read_table(const std::filesystem::path& path, const TableFormat& format);

}  // namespace latent
