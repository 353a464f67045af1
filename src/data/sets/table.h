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
};

struct Table {
  std::vector<std::string> columns;   // D
  std::vector<std::string> left_out;  // columns of text that were not selected
  Tensor values;                      // [N, D] float64
  std::vector<std::string> labels;    // N, or empty
  std::vector<std::string> notices;   // of the reader: choices that it made
};

/// Reads a table. Without a line of names the columns are called 1, 2, 3, ...; if their number is
/// that of the columns selected by other names, they are taken in that order.
/// Throws Error naming file, line and column for a value that is not a number, and naming the key
/// for a missing column.
Table read_table(const std::filesystem::path& path, const TableFormat& format);

}  // namespace latent
