// What kinds of runs a measure is for: values of MeasureRow::unavailable.
#pragma once

#include <string>

#include "measure/measure.h"

namespace latent {

/// Every run has it.
std::string needs_nothing(const MeasureContext& context);
/// Its examples are images, not rows of a table.
std::string needs_images(const MeasureContext& context);
/// Its bottleneck has a posterior, as that of a variational autoencoder.
std::string needs_posterior(const MeasureContext& context);
/// Its bottleneck has none, as that of a plain autoencoder.
std::string needs_no_posterior(const MeasureContext& context);

}  // namespace latent
