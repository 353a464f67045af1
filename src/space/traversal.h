// One latent changed at a time.
#pragma once

#include <ATen/core/Generator.h>

#include "model/bottleneck.h"

namespace latent::space {

/// The range that latents take: two quantiles of each over the images' codes, sampled where they
/// have a log-variance, since a latent that is not used has no spread in its means.
/// codes: [N, Z].  low < high: quantile levels in [0, 1].  Returns [2, Z] float32.
/// Of more than 10,000 images, so many evenly picked ones.
Tensor quantile_range(const Latent& codes, double low, double high, at::Generator noise);

/// `start` with one latent going evenly from `low` to `high`.
/// start: [Z].  Returns [steps, Z]; steps >= 2.
Tensor traversal(const Tensor& start, int64_t latent, double low, double high, int64_t steps);

}  // namespace latent::space
