// The Gaussian mixture of a run's training latents.
#pragma once

#include "session/opened_run.h"
#include "statistics/gaussian_mixture.h"

namespace latent {

/// Returns a mixture fitted to samples of the training images' posteriors (for a plain autoencoder:
/// to their codes), with the number of components that minimises the Bayesian information
/// criterion. Fits it once and stores it in the run's cache, as long as the data stay the same.
///
/// Samples, not means: the means of a latent that the model does not use have no variance.
/// Throws Error for fewer than two training images.
statistics::GaussianMixture training_mixture(const OpenedRun& run, bool quiet);

}  // namespace latent
