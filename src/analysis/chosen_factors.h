// The attributes of images as factors: which, of which images, and their values as numbers.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// An attribute whose values a code is compared with.
struct ChosenFactor {
  std::string name;
  int64_t levels = 0;   // different values among the images, or bins with images
  bool binned = false;  // into bins of equal width, as it has many values
};

/// Factors of some images of a split.
struct ChosenFactors {
  std::vector<ChosenFactor> factors;  // K
  std::vector<std::string> constant;  // attributes left out, because they are equal for all images
  Tensor rows;                        // [N] int64: the images, in random order
  Tensor values;                      // [N, K] float64
  Tensor levels;                      // [N, K] int64, from 0
  int64_t unknown = 0;                // images left out, because a value is unknown
};

struct FactorOptions {
  std::vector<std::string> names = {};  // of attributes; none: all of them
  int64_t most = 10'000;                // images, drawn at random
  uint64_t seed = 0;
  std::string split = "test";  // for messages, as the next one
  std::string noun = "image";
};

/// The fewest images that scores are computed from.
constexpr int64_t kFewestFactorImages = 100;

/// Chooses the factors and draws the images. Numbers of more than 64 different values are sorted
/// into 20 bins of equal width; classes and numbers of fewer values are used as they are. An
/// attribute that is equal for all images is left out, with a warning.
/// Throws Error if there are no attributes, a name is unknown, too few images have known values,
/// or every attribute is constant.
ChosenFactors choose_factors(const Examples& examples, const FactorOptions& options);

}  // namespace latent
