// The distance of latents from those of the training examples.
#pragma once

#include "core/tensor.h"
#include "model/bottleneck.h"

namespace latent::space {

/// A Gaussian around the training latents, float64 on the CPU.
struct LatentSpread {
  Tensor mean;       // [Z]
  Tensor whitening;  // [Z, Z]: (z - mean) times it has variance 1 in every direction

  /// Returns the Mahalanobis distance of latents [N, Z] from the mean: [N] float64, in standard
  /// deviations.
  Tensor distances(const Tensor& z) const;
};

/// Fits a Gaussian to codes [N, Z], N >= 1.  With a log-variance it includes the variance of the
/// posteriors: the means of a latent that is not used hardly vary, and would be far apart in units
/// of their own deviation. Every direction has at least 1e-4 of the mean variance.  Source:
/// Mahalanobis 1936.
LatentSpread fit_spread(const Latent& codes);

}  // namespace latent::space
