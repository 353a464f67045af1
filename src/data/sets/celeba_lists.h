// The lists that come with CelebA: the partition of its images and their 40 attributes.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace latent {

/// A list with a row of whole numbers for each file.
struct CelebaList {
  std::string file;
  std::vector<std::string> columns;              // their names; empty if the list has none
  size_t width = 0;                              // numbers per row
  std::unordered_map<std::string, size_t> rows;  // by file name
  std::vector<int8_t> values;                    // [rows, width]

  /// Returns a pointer to the first number in the row of `name`, or nullptr.
  const int8_t* find(const std::string& name) const;
};

/// Reads `<folder>/<stem>.txt` or, if that is missing, `<stem>.csv`.
///
/// Values are separated by spaces or commas. A line with the number of rows and a line of column
/// names may come first; the file's column may be unnamed. Throws Error naming the line if a row
/// has too few or too many numbers, a value is not a number, or a file is listed twice.
CelebaList read_celeba_list(const std::filesystem::path& folder, const std::string& stem);

}  // namespace latent
