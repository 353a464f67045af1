// The sparsity of a code: how few of its units are active for an image.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace latent {

/// A unit is active for an image if |a| exceeds this share of the unit's largest |a| over the
/// split.
constexpr double kActiveShare = 0.01;

/// A unit of a sigmoid that stays below this value for every image is dead: it is never exactly 0.
constexpr double kDeadSigmoid = 0.01;

/// Returns what dead units are, to be said beside their number: "always 0".
const char* dead_units_text(bool sigmoid);

struct Sparsity {
  double mean_activation = 0;  // of |a|, over units and images
  double active = 0;           // units per image
  double active_share = 0;     // of all units
  int64_t dead_units = 0;      // 0 for every image; after a sigmoid below kDeadSigmoid
};

/// Returns the number of active units of each image: [N] int64. codes: [N, Z], of all images of a
/// split.
Tensor active_units_of_each(const Tensor& codes);

/// Measures the sparsity of codes, [N, Z], of all images of a split. sigmoid: whether a sigmoid
/// produced them.
Sparsity sparsity(const Tensor& codes, bool sigmoid);

}  // namespace latent
