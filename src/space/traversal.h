// Changes one latent at a time.
#pragma once

#include <ATen/core/Generator.h>

#include "model/bottleneck.h"

namespace latent::space {

/// Returns the range of each latent: two quantiles over the images' codes. Codes with a
/// log-variance are sampled, because the means of a latent that is not used have no spread. codes:
/// [N, Z].  low < high: quantile levels in [0, 1].  Returns [2, Z] float32. Uses up to 10,000
/// images, picked evenly.
Tensor quantile_range(const Latent& codes, double low, double high, at::Generator noise);

/// Returns copies of `start` with one latent changing evenly from `low` to `high`.
/// start: [Z].  Returns [steps, Z]; steps >= 2.
Tensor traversal(const Tensor& start, int64_t latent, double low, double high, int64_t steps);

}  // namespace latent::space
