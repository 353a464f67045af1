// The flag --attribute of commands that decode codes under another condition than the images' own.
#pragma once

#include <string>

#include "session/opened_run.h"

namespace latent {

/// Returns `own` ([N, K], a condition of each code) changed to what --attribute says: "label=3", or
/// "Smiling=1,Male=0". What the words do not name stays each code's own. Throws Error if the run's
/// model has no condition, or if the words do not fit it.
Tensor changed_condition(const OpenedRun& run, const Tensor& own, const std::string& words);

}  // namespace latent
