// How few units of a code answer to an image.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace latent {

/// A unit is active for an image if |a| exceeds this share of the unit's largest |a| over the
/// split.
constexpr double kActiveShare = 0.01;

/// A unit of a sigmoid is never exactly 0: one that stays below this for every image is dead.
constexpr double kDeadSigmoid = 0.01;

struct Sparsity {
  double mean_activation = 0;  // of |a|, over units and images
  double active = 0;           // units per image
  double active_share = 0;     // of all units
  int64_t dead_units = 0;      // 0 for every image, or of a sigmoid below kDeadSigmoid
};

/// codes: [N, Z], all images of a split.  sigmoid: whether they come from one.
Sparsity sparsity(const Tensor& codes, bool sigmoid);

}  // namespace latent
