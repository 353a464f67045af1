// The training examples for which a rule holds.
#pragma once

#include <string>

#include "data/dataset.h"

namespace latent {

/// Returns the rows of the training examples for which `rule` holds, in the language of
/// data/selection/selection.h: [K] int64, K at least 1. where: the flag with the rule; begins the
/// Error's message. Throws Error if there is no such attribute or class, or no such example.
Tensor rows_where(const Examples& train, const std::string& rule, const std::string& where);

}  // namespace latent
