// Examples in memory, as commands encode and show them.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// Some images, from a data set or the user's files, with what is known about them.
struct ExampleBatch {
  Tensor images;                           // [N, C, H, W] float in [0, 1]
  std::vector<Attribute> attributes = {};  // each with N values; none for files
  std::vector<std::string> names = {};     // N, or empty: nothing shows them
  std::vector<int64_t> indices = {};       // N: within the split; none for files
  bool resized = false;                    // whether any file had another size
};

/// Returns the attributes of the examples first, first + 1, ..., first + count - 1.
std::vector<Attribute> part_of(const std::vector<Attribute>& attributes, int64_t first,
                               int64_t count);

/// Returns the examples first, first + 1, ..., first + count - 1; without names.
ExampleBatch batch_of(const Examples& examples, int64_t first, int64_t count);
/// Returns the examples at `indices`, [B] int64 on the CPU; without names.
ExampleBatch batch_of(const Examples& examples, const Tensor& indices);

}  // namespace latent
