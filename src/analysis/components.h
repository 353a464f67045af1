// The principal components of a run's training examples, as a baseline for its model.
#pragma once

#include "session/opened_run.h"
#include "statistics/principal_components.h"

namespace latent {

/// Returns a reader of the examples as rows of numbers, [count, C*H*W].
statistics::RowReader rows_of(const Examples& examples);

/// Returns as many components as the run has latents, or as the data have dimensions if these are
/// fewer, fitted to the whole training split. Fits them once and stores them in the run's cache.
statistics::PrincipalComponents training_components(const OpenedRun& run, const Examples& train);

}  // namespace latent
