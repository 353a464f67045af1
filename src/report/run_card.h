// A run on one screen.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace latent {

/// Facts, the config where it differs from the defaults, figures, files, and what to do next.
struct RunCard {
  std::string text;
  nlohmann::ordered_json json;
};

/// Throws Error if the folder holds no run, or its config cannot be read.
RunCard run_card(const std::filesystem::path& run);

}  // namespace latent
