#include <nlohmann/json.hpp>

#include "command/plot/loss_curves.h"
#include "command/plot/plots.h"

namespace latent {

nlohmann::ordered_json plot_losses(const Arguments& arguments) {
  const std::string term = arguments.text("term");
  std::vector<std::string> paths = arguments.texts("run");
  if (paths.empty()) arguments.run();  // throws that it is missing
  const auto series = loss_curves_of(paths, term);
  const auto path =
      plot_path(arguments, paths.front(), term == "loss" ? "losses.png" : term + ".png");
  const std::string title = paths.size() > 1
                                ? term + " of " + std::to_string(paths.size()) + " runs"
                                : term + " of " + run_names(paths).front();
  visual::write_line_chart(path, title, "epoch", term + ", nats per image", series);
  return {{"term", term}, {"runs", paths}, {"written", {path.string()}}};
}

}  // namespace latent
