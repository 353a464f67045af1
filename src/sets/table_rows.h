// Reads the rows of other files as the rows of a table are read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "sets/table.h"
#include "sets/table_scale.h"

namespace latent {

/// The columns of a table, its scale, and the means that stand for missing values.
class TableRows {
 public:
  /// columns: D names.  means: [D] float64, or undefined if a missing value is an error.
  TableRows(std::vector<std::string> columns, TableScale scale, Tensor means);

  /// Restores what `text` returned. Throws Error for another text.
  static TableRows parse(const std::string& text);
  std::string text() const;

  /// values: [N, D] float64.  Returns [N, 1, D, 1] float32, scaled and without missing values.
  Tensor pixels(const Tensor& values) const;

  /// Reads a file that has these columns; it needs no labels. format: of the table itself.
  /// Throws Error as read_table does, and for a value that is missing.
  Examples read(const std::filesystem::path& path, TableFormat format) const;

 private:
  std::vector<std::string> columns_;
  TableScale scale_;
  Tensor means_;
};

}  // namespace latent
