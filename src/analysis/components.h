// The principal components of a run's training examples: what a model is compared with.
#pragma once

#include "session/opened_run.h"
#include "statistics/principal_components.h"

namespace latent {

/// The examples as rows of numbers, [count, C*H*W].
statistics::RowReader rows_of(const Examples& examples);

/// As many components as the run has latents, or as there can be if these are fewer, fitted to the
/// whole training split: once, then kept in the run's cache.
statistics::PrincipalComponents training_components(const OpenedRun& run, const Examples& train);

}  // namespace latent
