// Config keys as people read them: value, meaning, range, default.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace latent {

/// One line per key, aligned. values: with the values in force (given ones marked), else with
/// defaults only.
std::string entries_text(const std::vector<ConfigEntry>& entries, bool values);

}  // namespace latent
