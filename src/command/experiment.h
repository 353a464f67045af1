// A config's four parts, read: what to train on, what to train, for which objective, and how.
#pragma once

#include "config/config.h"
#include "data/registry.h"
#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/options.h"

namespace latent {

struct Experiment {
  DatasetPlan data;
  ModelPlan model;
  ObjectivePlan objective;
  TrainOptions train;
};

/// Reads every section. Throws Error for the first key that is unknown, of the wrong type or out of
/// range.
Experiment read_experiment(Config& config);

}  // namespace latent
