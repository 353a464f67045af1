// The Gaussian mixture of a run's training latents.
#pragma once

#include "session/opened_run.h"
#include "statistics/gaussian_mixture.h"

namespace latent {

/// Fitted to samples of the training images' posteriors (a plain autoencoder's codes) with as many
/// components as the Bayesian information criterion likes best: once, then kept in the run's cache
/// while the data stay the same.
///
/// Samples and not means: a latent that the model does not use has means without variance.
/// Throws Error for fewer than two training images.
statistics::GaussianMixture training_mixture(const OpenedRun& run, bool quiet);

}  // namespace latent
