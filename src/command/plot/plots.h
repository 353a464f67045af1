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
  std::string summary;             // what the chart shows, for the help of `latent plot`
  std::vector<std::string> flags;  // flags that not every kind of chart reads
  /// Draws to --out or into the run and returns what it drew; "written" holds the paths.
  nlohmann::ordered_json (*draw)(const Arguments&);
};

nlohmann::ordered_json plot_latents(const Arguments&);
nlohmann::ordered_json plot_samples(const Arguments&);
nlohmann::ordered_json plot_book(const Arguments&);
nlohmann::ordered_json plot_histograms(const Arguments&);
nlohmann::ordered_json plot_losses(const Arguments&);
nlohmann::ordered_json plot_dictionary(const Arguments&);
nlohmann::ordered_json plot_activations(const Arguments&);
nlohmann::ordered_json plot_sweep(const Arguments&);
nlohmann::ordered_json plot_rd(const Arguments&);
nlohmann::ordered_json plot_codes(const Arguments&);

/// Returns --out, or else `file` in images/plot/ of the run at `run`, with what was asked for in
/// its name: "latents-attribute-label.png". charts: whether gnuplot draws it, which can also write
/// SVG.
std::filesystem::path plot_path(const Arguments& arguments, const std::filesystem::path& run,
                                const std::string& file, bool charts = true);

}  // namespace latent
