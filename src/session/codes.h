// The latents of a whole split, encoded once per checkpoint.
#pragma once

#include "session/opened_run.h"

namespace latent {

/// The codes of a split in its order, z being the mean; [N, Z] on the CPU. Computed once for a
/// checkpoint, with progress, then stored in the run's cache. The split is loaded to see whether
/// its examples are still the same: codes of other examples are recomputed.
Latent split_codes(const OpenedRun& run, Split split, bool quiet);

/// The same where the split's examples are loaded already.
Latent split_codes(const OpenedRun& run, Split split, const Examples& examples, bool quiet);

}  // namespace latent
