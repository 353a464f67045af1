#include "command/experiment.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"

namespace latent {

Experiment read_experiment(Config& config) {
  Section root = config.root();
  Experiment experiment;
  experiment.data = configure_dataset(root.section("data"));
  experiment.model = configure_model(root.section("model"));
  experiment.objective =
      configure_objective(root.section("objective"), experiment.model.probabilistic);
  experiment.train.read(root.section("train"));
  config.check_all_read();
  experiment.gallery =
      experiment.data.is_table() ? visual::table_gallery() : visual::image_gallery();
  return experiment;
}

void check_values(const Examples& examples, const Likelihood& likelihood) {
  if (!examples.is_table() || !likelihood.unit_interval()) return;
  const auto low = examples.pixels.min().item<double>();
  const auto high = examples.pixels.max().item<double>();
  if (low >= 0 && high <= 1) return;
  throw Error(
      fmt::format("objective.likelihood: explains values from 0 to 1, the table's go from {:.4g} "
                  "to {:.4g}; expected gaussian or laplace with linear output, or data.scale none "
                  "for values from 0 to 1",
                  low, high));
}

}  // namespace latent
