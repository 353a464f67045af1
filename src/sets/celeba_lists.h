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

  /// Returns a pointer to the first number in the row of `name`, or nullptr. The lists name JPEG
  /// files; the row of 000001.jpg is also that of 000001.png.
  const int8_t* find(const std::string& name) const;
};

/// Returns `<stem>.txt` or, if that is missing, `<stem>.csv` in the first of the folders that has
/// one; "" if none has.
std::filesystem::path find_celeba_list(const std::vector<std::filesystem::path>& folders,
                                       const std::string& stem);

/// Reads a list.
///
/// Values are separated by spaces, commas or semicolons; they may be quoted, and 1.0, True and
/// False are numbers too. A line with the number of rows and a line of column names may come first;
/// the file's column may be unnamed, and a column of row numbers, as pandas writes, may precede it.
/// Throws Error naming the line if a row has too few or too many numbers, a value is not a number,
/// or a file is listed twice.
CelebaList read_celeba_list(const std::filesystem::path& path);

}  // namespace latent
