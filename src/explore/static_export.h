// The page as one file that needs no server.
#pragma once

#include <string>

#include "explore/run_explorer.h"

namespace latent::explore {

/// The most examples on a page without a server; of more, evenly chosen ones.
constexpr int64_t kStaticExamples = 10'000;

/// Returns the HTML of a page that holds the map, a small picture of each example, what is known
/// about them and, for two latents, a grid of decoded pictures. At most 10 MB: the pictures get
/// smaller, or of lower quality, until they fit.
std::string static_html(RunExplorer& explorer);

}  // namespace latent::explore
