// The parts of a config: the data set, the corruption, the model, the objective, the training, and
// the gallery that shows the examples.
#pragma once

#include "config/config.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "objective/objective.h"
#include "sets/registry.h"
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

/// The parts of an experiment that depend on its training examples.
struct Fitted {
  CorruptionChain corruption = {};  // for the shape of the examples
  Condition condition = {};
  int64_t training_images = 0;
};

/// Fits them to the training examples. Throws Error if the corruption or the condition does not
/// fit.
Fitted fit_to_examples(const Experiment& experiment, const Examples& training);

/// Makes the model and the objective that training starts from, on the device.
std::pair<std::shared_ptr<Autoencoder>, std::shared_ptr<Objective>> fresh_model(
    const Experiment& experiment, const Fitted& fitted, const c10::Device& device);

/// Returns the batches that training steps take from the examples.
Batches training_batches(const Experiment& experiment, const Fitted& fitted, Examples examples,
                         const c10::Device& device);

/// Returns the precision to train with: for "auto", "fp32" or "bf16" as a trial on this device
/// decides; else the experiment's own.
std::string settled_precision(const Experiment& experiment, const Fitted& fitted,
                              const Examples& examples, const c10::Device& device);

/// Loads a split of the data set. Throws Error with the keys of section `data` to lower if it does
/// not fit in memory.
Examples load_split(const Dataset& dataset, Split split);

/// Returns the examples of the validation split that training measures: train.validation_count of
/// them, spread evenly, or all.
Examples measured_validation(const Experiment& experiment, Examples validation);

/// Throws Error if the examples of a split do not have the shape of `owner` ("the model").
void check_shape(const Examples& examples, Split split, const ImageShape& expected,
                 const std::string& owner);

/// Throws Error if a table has values that the likelihood cannot explain.
void check_values(const Examples& examples, const Likelihood& likelihood);

}  // namespace latent
