// Whether generated samples look like real ones, and whether they are as varied: precision, recall,
// density and coverage, from balls that reach to each sample's k-th neighbour in its own set.
#pragma once

#include <optional>

#include "core/tensor.h"
#include "statistics/confidence.h"

namespace latent::statistics {

struct Coverage {
  Measured precision;  // share of the generated samples inside a ball of a real one
  Measured recall;     // share of the real samples inside a ball of a generated one
  double density = 0;  // mean number of real balls that a generated sample is in, divided by k
  std::optional<Interval> density_interval;
  Measured coverage;  // share of the real balls that hold a generated sample
};

/// Compares features of N samples each, [N, D], N > k >= 1.
///
/// A ball holds what is nearer to its centre than the centre's k-th neighbour; what is exactly as
/// far is outside, as in the authors' program (others count it inside, which differs only where
/// distances are equal). Precision and recall of equal distributions lie below 1 and depend on N
/// and k: compare them with those of real samples. The intervals count the samples only, not
/// the balls. Source: Kynkaanniemi et al. 2019, arXiv:1904.06991; Naeem et al. 2020,
/// arXiv:2002.09797.
Coverage coverage(const Tensor& real, const Tensor& generated, int64_t k);

/// Returns the distance of each row of `asked` [M, D] to the nearest row of `known` [N, D]: [M].
Tensor nearest_distances(const Tensor& known, const Tensor& asked);

}  // namespace latent::statistics
