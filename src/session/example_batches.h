// Examples that a command looks at one batch after the other: a split of the run's data set, some
// of it, or files of the user's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "session/inputs.h"

namespace latent {

struct ExampleBatches {
  int64_t count = 0;
  std::function<Tensor(int64_t first, int64_t count)> images;  // [count, C, H, W]
  std::string what = {};                                       // "images of the test split"
  std::vector<std::string> names = {};                         // count
  std::vector<Attribute> attributes = {};  // each of `count` values; none of files
  std::vector<int64_t> indices = {};  // count: in the split, as --indices counts; none of files
};

/// All examples, or `most` drawn at random where there are more; images only.
ExampleBatches some_of(const Examples& examples, int64_t most, uint64_t seed);

/// All examples with their names, attributes and indices. They stay as bytes until a batch is read.
ExampleBatches all_of(const Examples& examples);

/// Inputs that are in memory already.
ExampleBatches in_batches(const Inputs& inputs);

}  // namespace latent
