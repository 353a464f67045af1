// The lists that come with CelebA: the partition of its images and their 40 attributes.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace latent {

/// A list of rows of whole numbers, one for each file.
struct CelebaList {
  std::string file;
  std::vector<std::string> columns;              // their names; empty if the list has none
  size_t width = 0;                              // numbers of a row
  std::unordered_map<std::string, size_t> rows;  // by file name
  std::vector<int8_t> values;                    // [rows, width]

  /// The first number of the row of `name`, or nullptr.
  const int8_t* find(const std::string& name) const;
};

/// Reads `<folder>/<stem>.txt` or, if that is missing, `<stem>.csv`.
///
/// Parted by spaces or commas; a line with the number of rows and a line of names may stand first,
/// the names with or without one for the file. Throws Error naming the line if a row has too few
/// numbers or too many, a number is none, or a file stands there twice.
CelebaList read_celeba_list(const std::filesystem::path& folder, const std::string& stem);

}  // namespace latent
