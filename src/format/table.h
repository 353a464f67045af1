// Writing tables of words and numbers to files that spreadsheets, pandas and NumPy read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// One column: words, or numbers if there are no words.
struct Column {
  std::string name;
  std::vector<std::string> words;  // N, or empty
  Tensor numbers;                  // [N] or [N, K], float32 or float64
};

/// Writes RFC 4180 text atomically, lines ending in CR LF. [N, K] numbers become columns name_0,
/// name_1, ...; numbers have enough digits to be read back exactly.
/// Throws Error naming the file and the system's reason.
void write_csv(const std::filesystem::path& path, const std::vector<Column>& columns);

/// Writes a NumPy structured array of N rows atomically: `numpy.load(path)["mean"]` is [N, K].
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
void write_npy(const std::filesystem::path& path, const std::vector<Column>& columns);

/// Writes whole numbers as a NumPy array of type int32 atomically. numbers: of any shape, within
/// that type.
void write_npy_integers(const std::filesystem::path& path, const Tensor& numbers);

}  // namespace latent
