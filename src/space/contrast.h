// Which images have an attribute and which do not.
#pragma once

#include <string>

#include "data/dataset.h"

namespace latent::space {

/// Two sides of a set of images: those that have an attribute, and those that do not.
struct BinaryContrast {
  Tensor positive;  // [N] bool
  Tensor weight;    // [N] float64: weight of an image; each side sums to 1; 0: left out

  int64_t positives() const;
  int64_t negatives() const;
};

/// Divides images by a rule, which `match` (data/selection/selection.h) reads: "Smiling",
/// "!Smiling", "label=Sneaker,Sandal", "scale=0.5..0.8"; "scale" alone means above its median.
///
/// Within a side every class has the same weight, however many images it has. Images whose value
/// is not known are left out.
///
/// where: the split, for messages.  Throws Error as `match` does, and if a side is empty.
BinaryContrast contrast_by(const Examples& examples, const std::string& wanted,
                           const std::string& where);

}  // namespace latent::space
