// The loss curves of runs as lines of one chart.
#pragma once

#include <string>
#include <vector>

#include "run/metrics.h"
#include "run/run_directory.h"
#include "visual/chart.h"

namespace latent {

/// Returns the training (dashed) and validation curves of a term, such as "loss", of each run.
/// Throws Error for a run without an epoch, or without the term.
std::vector<visual::Series> loss_curves_of(const std::vector<std::string>& paths,
                                           const std::string& term);

/// Returns the names of the runs' folders, or the whole paths if two names are equal.
std::vector<std::string> run_names(const std::vector<std::string>& paths);

}  // namespace latent
