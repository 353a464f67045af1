// Checks a data set before a network is trained on it: counts, values, labels, repeated images.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// The distribution of an attribute's values.
struct AttributeBalance {
  std::string name;
  std::vector<std::pair<std::string, int64_t>>
      classes;                         // a class and the number of its images; empty for numbers
  double low = 0, mean = 0, high = 0;  // for numbers; NaN if none is known
  int64_t known = 0, unknown = 0;      // images with a value and without
};

/// The findings about one split.
struct SplitInspection {
  Split split = Split::kTrain;
  int64_t images = 0;
  std::vector<double> mean, deviation;  // per channel, in [0, 1]; tables: of all values
  /// The lowest binary cross-entropy any model can reach on these images, nats per image: a grey
  /// value x costs -x log x - (1 - x) log(1 - x) even when it is predicted exactly. NaN for tables.
  double bce_floor = 0;
  int64_t dark = 0;       // images that nowhere reach a quarter of white; 0 for tables
  int64_t brightest = 0;  // grey value, 0 to 255; 0 for tables
  std::vector<AttributeBalance> attributes;
};

/// An image and an earlier one with the same pixels.
struct SamePixels {
  Split split = Split::kTrain, earlier_split = Split::kTrain;
  int64_t image = 0, earlier_image = 0;
  bool leak() const { return split != earlier_split; }
};

/// The findings about a data set.
struct Inspection {
  std::vector<SplitInspection> splits;
  std::vector<SamePixels> repeats;

  int64_t leaks() const;
  /// Returns messages about a data set that was probably read wrongly: only one class, labels that
  /// are all unknown, images that are nearly black. Each is one line with the remedy.
  std::vector<std::string> warnings() const;
};

/// One split and its images.
using NamedSplit = std::pair<Split, Examples>;

/// Inspects every image once. splits: at least one, all of one image shape; repeated images are
/// found within a split and across splits.
Inspection inspect(const std::vector<NamedSplit>& splits);

}  // namespace latent
