// A config's four parts, read: what to train on, what to train, for which objective, and how; and
// how its examples are shown.
#pragma once

#include "config/config.h"
#include "data/registry.h"
#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/options.h"
#include "visual/gallery.h"

namespace latent {

struct Experiment {
  DatasetPlan data;
  ModelPlan model;
  ObjectivePlan objective;
  TrainOptions train;
  std::shared_ptr<const visual::Gallery> gallery;
};

/// Reads every section. Throws Error for the first key that is unknown, of the wrong type or out of
/// range.
Experiment read_experiment(Config& config);

/// Throws Error if the values of a table are beyond what the likelihood can explain.
void check_values(const Examples& examples, const Likelihood& likelihood);

}  // namespace latent
