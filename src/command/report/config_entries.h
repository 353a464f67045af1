// Config keys as text: value, meaning, range, default.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace latent {

/// Returns one line per key, aligned. values: show the values in force and mark those that were
/// given; else show the defaults only.
std::string entries_text(const std::vector<ConfigEntry>& entries, bool values);

}  // namespace latent
