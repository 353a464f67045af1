// Nearest neighbours: classification without a model.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// Returns the k rows of `known` ([N, D], N >= k) that are nearest to each of `asked` ([M, D]) by
/// Euclidean distance, the nearest first: [M, k] int64.
Tensor nearest_neighbours(const Tensor& known, const Tensor& asked, int64_t k);

/// Returns the mean distance of each of `asked` ([M, D]) to its k nearest rows of `known` ([N, D],
/// N >= k): [M] float64.
Tensor neighbour_distances(const Tensor& known, const Tensor& asked, int64_t k);

/// Returns the most frequent class of the neighbours; in a tie, the one whose members are nearer.
/// classes: [M, k] int64 in [0, count), the nearest first.  Returns [M] int64.
Tensor majority(const Tensor& classes, int64_t count);

}  // namespace latent::statistics
