// Splits lists in text.
#pragma once

#include <string>
#include <vector>

namespace latent {

/// Returns "a" and "b" for "a,b". A comma at the end adds no empty part.
std::vector<std::string> split_at_commas(const std::string& text);

}  // namespace latent
