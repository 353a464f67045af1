// Reports of the trainer while it works.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "train/evaluation.h"

namespace latent {

/// "loss", "nll", "kl", ...: means over images, nats per image.
using NamedLosses = std::vector<std::pair<std::string, double>>;

struct StepReport {
  int64_t epoch, epochs;  // the current epoch, from 1
  int64_t images, total;  // of this epoch
  double seconds;         // since the epoch began
  std::function<NamedLosses()>
      losses;  // means over the epoch so far; waits for the device, so call it rarely
};

struct EpochReport {
  int64_t epoch, epochs;
  int64_t step;
  double seconds;            // of training, since the run began
  double images_per_second;  // of this epoch
  double learning_rate;
  NamedLosses train;  // means over the epoch
  const Evaluation* validation;
  bool best;
};

struct TrainEvents {
  std::function<void(const StepReport&)> step;
  std::function<void(const EpochReport&)> epoch;
};

}  // namespace latent
