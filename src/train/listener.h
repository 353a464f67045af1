// What the trainer reports while it works, and who hears it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "train/checkpoint/train_state.h"
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
  /// The columns of metrics.csv with the epoch's value in each, in their order.
  std::vector<std::pair<std::string, double>> numbers = {};
};

/// Something that follows a training: a display, a profile, a log for another program.
///
/// What a listener throws ends the training like the trainer's own errors.
class TrainListener {
 public:
  virtual ~TrainListener() = default;

  /// Called after every step. On a GPU the step may still be running.
  virtual void step(const StepReport& /*report*/) {}
  /// Called after every epoch, once its checkpoint and its row of metrics.csv are written.
  virtual void epoch(const EpochReport& /*report*/) {}
  /// Called once the last epoch is done or training has stopped early, also when a resumed run had
  /// nothing left to train. Not called after an error or an interrupt.
  virtual void finished(const TrainState& /*state*/) {}
};

/// Listeners, called in their order.
using TrainListeners = std::span<TrainListener* const>;

}  // namespace latent
