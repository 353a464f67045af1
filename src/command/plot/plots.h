// The charts of `latent plot`, one file each.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "core/registry.h"

namespace latent {

struct PlotRow {
  std::string name;
  std::string summary;
  std::vector<std::string> flags;  // of `latent plot`'s own, those it reads
  /// Draws to --out or into the run, and tells what it drew; "written" are the paths.
  nlohmann::ordered_json (*draw)(const Arguments&);
};

nlohmann::ordered_json plot_latents(const Arguments&);
nlohmann::ordered_json plot_histograms(const Arguments&);
nlohmann::ordered_json plot_losses(const Arguments&);
nlohmann::ordered_json plot_dictionary(const Arguments&);
nlohmann::ordered_json plot_activations(const Arguments&);

/// --out, or the file in images/plot/ of the run at `run`. charts: whether gnuplot draws it, which
/// also knows SVG.
std::filesystem::path plot_path(const Arguments& arguments, const std::filesystem::path& run,
                                const std::string& file, bool charts = true);

}  // namespace latent
