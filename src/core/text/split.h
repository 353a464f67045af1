// The parts of a list in text.
#pragma once

#include <string>
#include <vector>

namespace latent {

/// "a,b" as "a" and "b"; a comma at the end begins no part.
std::vector<std::string> split_at_commas(const std::string& text);

}  // namespace latent
