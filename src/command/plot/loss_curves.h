// The loss curves of runs.
#pragma once

#include <string>
#include <vector>

#include "visual/chart.h"

namespace latent {

/// Returns a chart of the validation (solid) and training (dashed) curves of a term, such as
/// "loss", of each run. Throws Error for a run without an epoch, or without the term.
visual::LineChart loss_chart(const std::vector<std::string>& paths, const std::string& term);

/// Returns the terms that `asked` names: "loss,kl", or for "all" those that the runs have in
/// common, the loss first.
std::vector<std::string> loss_terms_of(const std::vector<std::string>& paths,
                                       const std::string& asked);

/// Returns the names of the runs' folders, or the whole paths if two names are equal.
std::vector<std::string> run_names(const std::vector<std::string>& paths);

}  // namespace latent
