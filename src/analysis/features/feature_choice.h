// The features that a user chooses for measures of samples, or those made for the run's data.
#pragma once

#include <memory>
#include <string>

#include "analysis/features/feature_file.h"
#include "session/opened_run.h"

namespace latent {

/// Returns the features that --features names: "FILE.safetensors" of `latent features train`,
/// "inception=FILE.pt" or "inception-clean=FILE.pt" (load_inception). For "" those of the run's
/// data: trained on its training images if the cache has none of these yet, and kept there.
/// Throws Error if the file or the data cannot be read, or do not fit the run's images.
std::shared_ptr<ImageFeatures> choose_features(const std::string& choice, const OpenedRun& run,
                                               bool quiet);

/// Returns one line: what the network tells apart and how well. split: "test", that it was measured
/// on.
std::string feature_summary(const StoredFeatures& features, const std::string& split);

}  // namespace latent
