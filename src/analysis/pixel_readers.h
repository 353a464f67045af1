// Linear classifiers of attributes on small grey pictures, by which the effect of an edit is read.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "space/contrast.h"

namespace latent {

/// An attribute to read: 1 for images that have it, -1 for those that do not, 0 if unknown.
struct ReadTarget {
  std::string name;
  Tensor signs;  // [N] float32
};

/// Returns the attributes of the examples that one can have or not: yes or no, above the median, or
/// one of few classes. except: the name of an attribute to leave out.
std::vector<ReadTarget> read_targets(const Examples& examples, const std::string& except);

/// Reads attributes in pictures.
class PixelReaders {
 public:
  /// Fits a reader for each target by least squares with a penalty, on up to 10,000 of the
  /// examples.
  PixelReaders(const Examples& examples, const std::vector<ReadTarget>& targets, uint64_t seed);

  /// Returns how much of each attribute the pictures [N, C, H, W] show: [N, K] float32, in no unit.
  Tensor read(const Tensor& images) const;

 private:
  Tensor center_, scale_;  // [D]
  Tensor weights_;         // [D + 1, K]
};

}  // namespace latent
