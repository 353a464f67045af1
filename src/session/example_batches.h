// Examples that a command looks at one batch after the other: a split of the run's data set, some
// of it, or files of the user's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "session/opened_run.h"

namespace latent {

struct Subjects {
  int64_t count = 0;
  std::function<Tensor(int64_t first, int64_t count)> images;  // [count, C, H, W]
  std::string what = {};                                       // "images of the test split"
  std::vector<std::string> names = {};                         // count
  std::vector<Attribute> attributes = {};  // each of `count` values; none of files
  std::vector<int64_t> places = {};  // count: in the split, as --indices counts; none of files
};

/// What the flags of declare_inputs name. Throws Error as read_inputs does.
Subjects read_subjects(const Arguments& arguments, const OpenedRun& run);

/// All examples, or `most` drawn at random where there are more; images only.
Subjects some_of(const Examples& examples, int64_t most, uint64_t seed);

}  // namespace latent
