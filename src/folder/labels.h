// Attributes of the images of a folder: from their subfolders, or from a CSV.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

struct Labels {
  std::vector<Attribute> attributes;  // each of as many values as there are names
  std::string notice;                 // what was not read, a line each, or ""
};

/// Returns the class "label" of images by the first folder of their names: "tulip/3.jpg" is a
/// tulip. Returns nothing if all files are at the top.
Labels labels_from_folders(const std::vector<std::string>& names);

/// How to read a table of labels.
struct CsvLabelOptions {
  std::string name_column;  // the column that names the images; "": found by its values
  std::string name_column_key = "data.name_column";
  /// Words that mean that a value is not known, in lower case. -1 counts only in a column that is
  /// otherwise 0 and 1.
  std::vector<std::string> unknown = default_unknown();

  static std::vector<std::string> default_unknown();
};

/// Reads attributes from the columns of a text table (`CsvReader`), a row an image.
///
/// names: the images, by their paths below a folder.  Returns what each column becomes
/// (`LabelColumn`), with NaN for images without a row and for words that mean unknown. The notice
/// counts both, rows that name no image, and skipped columns.
///
/// Throws Error if no row names an image, a row may mean two images, or an image has two rows.
Labels labels_from_csv(const std::filesystem::path& csv, const std::vector<std::string>& names,
                       const CsvLabelOptions& options = {});

}  // namespace latent
