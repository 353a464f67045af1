// A comparison of runs as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/run_comparison.h"

namespace latent {

/// Returns what differs in the configs, the figures side by side and the tests, for people. Runs
/// are called A, B, ... in it.
std::string comparison_text(const RunComparison& comparison, const std::string& split);

/// Returns runs, differences, figures and tests.
nlohmann::ordered_json describe_comparison(const RunComparison& comparison,
                                           const std::string& split);

/// Returns "A", ..., "Z", "AA", ... for the run at a place.
std::string run_letter(size_t place);

}  // namespace latent
