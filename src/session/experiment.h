// A config's parts, read: what to train on, what happens to it before the encoder sees it, what to
// train, for which objective, and how; and how its examples are shown.
#pragma once

#include "config/config.h"
#include "data/registry.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/options.h"
#include "visual/gallery.h"

namespace latent {

struct Experiment {
  DatasetPlan data;
  CorruptionPlan corruption;
  ModelPlan model;
  ObjectivePlan objective;
  TrainOptions train;
  std::shared_ptr<const visual::Gallery> gallery;
};

/// Reads every section. Throws Error for the first key that is unknown, of the wrong type or out of
/// range.
Experiment read_experiment(Config& config);

/// The model and the objective that training starts from, on the device.
std::pair<std::shared_ptr<Autoencoder>, std::shared_ptr<Objective>> fresh_model(
    const Experiment& experiment, const ImageShape& shape, const c10::Device& device);

/// The examples as training steps see them, on the device.
Batches training_batches(const Experiment& experiment, Examples examples,
                         const c10::Device& device);

/// What "auto" means for this experiment on this device: "fp32" or "bf16"; else its own precision.
std::string settled_precision(const Experiment& experiment, const Examples& examples,
                              const c10::Device& device);

/// Throws Error if a split's examples are not of the shape that `owner` ("the model") has.
void check_shape(const Examples& examples, Split split, const ImageShape& expected,
                 const std::string& owner);

/// Throws Error if the values of a table are beyond what the likelihood can explain.
void check_values(const Examples& examples, const Likelihood& likelihood);

}  // namespace latent
