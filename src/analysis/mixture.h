// The Gaussian mixtures of a run's training latents.
#pragma once

#include <string>

#include "session/opened_run.h"
#include "statistics/gaussian_mixture.h"

namespace latent {

/// Returns a mixture fitted to samples of the training images' posteriors (for a plain autoencoder:
/// to their codes), with the number of components that makes held-out samples most likely. Fits it
/// once and stores it in the run's cache, as long as the data stay the same.
///
/// Samples, not means: the means of a latent that the model does not use have no variance.
///
/// Too few images for two Gaussians of Z latents (fewer than 2 (Z + 1)) get one; a single image
/// gets its posterior, or hardly more than its code if it has none. Logs that.
/// components: how many instead, or 0. Throws Error if there are not more training images.
statistics::GaussianMixture training_mixture(const OpenedRun& run, int64_t components, bool quiet);

/// A mixture of the latents of some training images.
struct RuleMixture {
  statistics::GaussianMixture mixture;
  int64_t images;  // that it was fitted to
};

/// Returns the mixture of the training images for which `rule` holds, as training_mixture does;
/// fitted again if the rule holds for other images than before. where: the flag with the rule.
/// Throws Error as rows_where does.
RuleMixture training_mixture_where(const OpenedRun& run, const std::string& rule,
                                   const std::string& where, int64_t components, bool quiet);

}  // namespace latent
