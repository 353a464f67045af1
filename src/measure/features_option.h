// The option of measures that compare images by features.
#pragma once

#include <string>

#include "measure/measure.h"

namespace latent {

/// Reads `features`, the choice for MeasureContext::features.
std::string read_features_option(Section& section);

/// A value of MeasureRow::unavailable: its examples are images, and features can be had.
std::string needs_features(const MeasureContext& context);

}  // namespace latent
