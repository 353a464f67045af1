// Which images have an attribute and which do not.
#pragma once

#include <string>

#include "data/dataset.h"

namespace latent::space {

/// Two sides of a set of images.
struct BinaryContrast {
  Tensor positive;  // [N] bool
  Tensor weight;    // [N] float64: what an image counts; each side's sum to 1; 0: left out

  int64_t positives() const;
  int64_t negatives() const;
};

/// Divides images by what `wanted` names:
///   "Smiling"               an attribute of two values: the larger one against the other
///   "scale"                 a number: above its median against the rest
///   "label=Sneaker,Sandal"  a class, or a group of classes, against all others
/// Within a side every class counts alike, however many images it has. NaN values are left out.
///
/// where: the split, for messages.  Throws Error if the set knows nothing about its images, if
/// there is no such attribute or class (naming those there are), or if a side is empty.
BinaryContrast contrast_by(const Examples& examples, const std::string& wanted,
                           const std::string& where);

}  // namespace latent::space
