// Examples that a command reads batch by batch: a split of the run's data set, part of it, or the
// user's files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "session/inputs.h"

namespace latent {

/// Examples that are read when their batch is needed.
struct ExampleBatches {
  int64_t count = 0;
  std::function<ExampleBatch(int64_t first, int64_t count)> read;
  std::string what = {};                   // "images of the test split"
  std::vector<std::string> names = {};     // count
  std::vector<Attribute> attributes = {};  // each with `count` values; none for files
  std::vector<int64_t> indices = {};       // count: within the split; none for files
};

/// Returns all examples, or `most` of them drawn at random if there are more; without names and
/// attributes of their own.
ExampleBatches some_of(const Examples& examples, int64_t most, uint64_t seed);

/// Returns all examples with their names, attributes and indices. They stay bytes until a batch is
/// read.
ExampleBatches all_of(const Examples& examples);

/// Returns inputs that are already in memory.
ExampleBatches in_batches(const ExampleBatch& inputs);

}  // namespace latent
