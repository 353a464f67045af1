// Batch normalisation over a batch that several processes make together.
#pragma once

#include <utility>

#include "core/together.h"

namespace latent {

/// The statistics of a batch, each channel by itself: [C] float32.
struct BatchStatistics {
  Tensor mean;
  Tensor variance;    // with the number of values as divisor
  int64_t count = 0;  // values of a channel
};

/// Normalises by the statistics of all parts of the batch and returns them too. The result and its
/// gradient are those of one process that has the whole batch.
/// x: [B, C] or [B, C, H, W], this process's part. weight, bias: [C].
std::pair<Tensor, BatchStatistics> shared_batch_norm(const Tensor& x, const Tensor& weight,
                                                     const Tensor& bias, double epsilon,
                                                     const Together& together);

}  // namespace latent
