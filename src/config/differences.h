// The keys in which configs differ.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace latent {

/// A key that not all configs give the same value.
struct ConfigDifference {
  std::string key;                  // "objective.kl.weight"
  std::vector<std::string> values;  // of each config, as JSON; "" where it has no such key
};

/// Returns the keys in which resolved configs differ, in the order in which they first occur.
std::vector<ConfigDifference> config_differences(
    const std::vector<nlohmann::ordered_json>& configs);

}  // namespace latent
