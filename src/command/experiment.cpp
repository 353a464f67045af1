#include "command/experiment.h"

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
  return experiment;
}

}  // namespace latent
