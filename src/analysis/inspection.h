// What there is to know about a data set before a network is trained on it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// How often the values of an attribute occur.
struct AttributeBalance {
  std::string name;
  std::vector<std::pair<std::string, int64_t>> classes;  // a word and its images; empty: numbers
  double low = 0, mean = 0, high = 0;                    // of numbers
};

struct SplitInspection {
  Split split = Split::kTrain;
  int64_t images = 0;
  std::vector<double> mean, deviation;  // of each channel, in [0, 1]; tables: of all values
  /// The least binary cross-entropy any model can reach on these images, nats per image: a grey
  /// value x costs -x log x - (1 - x) log(1 - x) even when it is predicted exactly. NaN for tables.
  double bce_floor = 0;
  std::vector<AttributeBalance> attributes;
};

/// An image and an earlier one with the same pixels.
struct SamePixels {
  Split split = Split::kTrain, earlier_split = Split::kTrain;
  int64_t image = 0, earlier_image = 0;
  bool leak() const { return split != earlier_split; }
};

struct Inspection {
  std::vector<SplitInspection> splits;
  std::vector<SamePixels> repeats;

  int64_t leaks() const;
};

/// One split and its images.
using NamedSplit = std::pair<Split, Examples>;

/// Looks at every image once. splits: at least one, all of one image shape; each is compared with
/// itself and with those before it.
Inspection inspect(const std::vector<NamedSplit>& splits);

}  // namespace latent
