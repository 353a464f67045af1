// Schedules of the learning rate over a training run.
#pragma once

#include <cstdint>
#include <string>

#include "config/section.h"

namespace latent {

struct LearningRateOptions {
  std::string name = "constant";
  double warmup_epochs = 0.0;
  double final_fraction = 0.0;  // cosine
  int64_t every = 10;           // step
  double factor = 0.1;          // step, plateau
  int64_t patience = 3;         // plateau
  double min_delta = 0.0;       // plateau

  void read(Section& train);
};

/// The factor on the initial learning rate. Part of a run's state: `reductions`, `best` and
/// `waited` go into checkpoints.
class LearningRateSchedule {
 public:
  LearningRateSchedule(LearningRateOptions options, int64_t epochs)
      : options_(std::move(options)), epochs_(epochs) {}

  /// epoch: fractions of epochs done, 0 at the first step.
  double factor(double epoch) const;
  /// Tells the plateau schedule the validation loss of an epoch. Returns true if it lowered the
  /// rate.
  bool observe(double validation_loss);

  int64_t reductions = 0;  // plateau: how often the rate was lowered
  double best = 1e300;     // plateau: lowest validation loss so far
  int64_t waited = 0;      // plateau: epochs since then

 private:
  LearningRateOptions options_;
  int64_t epochs_;
};

}  // namespace latent
