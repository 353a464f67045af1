// What the names and the first rows of a table say about it: its label, and pictures in its rows.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sets/table.h"

namespace latent {

struct TableGuess {
  std::string label;           // a column, or ""
  std::vector<int64_t> shape;  // of the picture in each row, or []
};

/// Returns what a table probably is: `label` is a column called label, class or target; the first
/// or the last column beside pictures without names; or the first of a .tsv or .txt file without
/// names whose other columns have decimals (the UCR archive). `shape` is square if all other
/// columns hold whole numbers from 0 to 255 and have no names or names that count (pixel0, pixel1,
/// ...).
TableGuess guess_table(const TableHead& head, const std::filesystem::path& path);

/// Returns the first column whose values are all names of image files, "a.png", or "": such a table
/// is rather the labels of a folder.
std::string column_of_images(const TableHead& head);

/// Returns the table of test rows beside a table of training rows, "mnist_test.csv" for
/// "mnist_train.csv", if it has the same columns; else "".
std::filesystem::path test_table_beside(const std::filesystem::path& path, const TableHead& head);

}  // namespace latent
