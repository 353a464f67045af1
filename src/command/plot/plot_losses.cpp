#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/plot/loss_curves.h"
#include "command/plot/plots.h"
#include "core/text/suggest.h"

namespace latent {

nlohmann::ordered_json plot_losses(const Arguments& arguments) {
  const std::vector<std::string> paths = arguments.texts("run");
  if (paths.empty()) arguments.run();  // throws that it is missing
  const auto shown = loss_terms_of(paths, arguments.text("term"));
  std::vector<visual::LineChart> charts;
  for (const auto& term : shown)
    charts.push_back(loss_chart(paths, term));
  const std::string what = shown.size() > 1 ? "Losses by term" : shown.front();
  const std::string title =
      what + " of " +
      (paths.size() > 1 ? std::to_string(paths.size()) + " runs" : run_names(paths).front());
  if (charts.size() == 1) charts.front().y_label = shown.front() + ", nats per image";
  const std::string stem = shown.size() > 1          ? "losses-by-term"
                           : shown.front() == "loss" ? "losses"
                                                     : shown.front();
  const auto path = plot_path(arguments, paths.front(), stem + ".png");
  visual::write_line_charts(path, title, charts, read_look(arguments, Draws::kPlots));
  return {{"term", join(shown, ",")}, {"runs", paths}, {"written", {path.string()}}};
}

}  // namespace latent
