// IDX files, the format of MNIST: a header of dimensions and unsigned bytes; plain or gzipped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// Reads an IDX file of unsigned bytes; detects gzip by content, not by name.
///
/// Returns uint8 [N, H, W] for dimensions = 3 (images), [N] for dimensions = 1 (labels). Allocates
/// no more than the file can hold. Throws Error naming the file if it is missing, not IDX, of
/// another type or number of dimensions, empty, cut short, damaged, or longer than its header says.
/// Source of the format: http://yann.lecun.com/exdb/mnist, "the IDX file format".
Tensor read_idx(const std::filesystem::path& path, int64_t dimensions);

/// Returns the sizes in the header, [N, H, W] or [N]; reads nothing else. Throws the same errors.
std::vector<int64_t> read_idx_sizes(const std::filesystem::path& path, int64_t dimensions);

}  // namespace latent
