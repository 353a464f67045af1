// The latents of a whole split, encoded once per checkpoint.
#pragma once

#include <optional>

#include "session/opened_run.h"

namespace latent {

/// Returns the codes of a split in its order, z being the code; [N, Z] on the CPU. Computes them
/// once per checkpoint, with a progress bar, and stores them in the run's cache; of a codebook only
/// the indices. Loads the split to
/// check that its examples are still the same; codes of other examples are recomputed.
Latent split_codes(const OpenedRun& run, Split split, bool quiet);

/// Returns the codes of a split whose examples are already loaded.
Latent split_codes(const OpenedRun& run, Split split, const Examples& examples, bool quiet);

/// Returns the indices of the codes of a split's images in its order, [N, P] int64 on the CPU, of a
/// run with a codebook; stored in the run's cache like codes.
Tensor split_indices(const OpenedRun& run, Split split, bool quiet);

/// Returns the indices of the codes of examples, [N, P] int64 on the CPU; stores nothing.
Tensor code_indices(const OpenedRun& run, const Examples& examples, bool quiet);

/// Returns the codes of a split that an earlier command stored in the run's cache, whatever
/// examples they were computed of; nothing if there are none. Does not load the split.
std::optional<Latent> cached_codes(const OpenedRun& run, Split split);

/// Returns the latents of some of the images. rows: [K] int64.
Latent select(const Latent& codes, const Tensor& rows);

}  // namespace latent
