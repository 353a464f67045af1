// Tables of words and numbers as files that spreadsheets, pandas and NumPy read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// One column: words, or numbers where there are none.
struct Column {
  std::string name;
  std::vector<std::string> words;  // N, or empty
  Tensor numbers;                  // [N] or [N, K], float32 or float64
};

/// Writes RFC 4180 text atomically, lines ending in CR LF. [N, K] numbers become columns name_0,
/// name_1, ...; every number has the digits that read back to the same bits.
/// Throws Error naming the file and the system's reason.
void write_csv(const std::filesystem::path& path, const std::vector<Column>& columns);

/// Writes a NumPy structured array of N rows atomically: `numpy.load(path)["mean"]` is [N, K].
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
void write_npy(const std::filesystem::path& path, const std::vector<Column>& columns);

}  // namespace latent
