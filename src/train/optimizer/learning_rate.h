// Schedules of the learning rate over a training run.
#pragma once

#include <cstdint>
#include <string>

#include "config/section.h"
#include "core/registry.h"

namespace latent {

struct LearningRateOptions {
  std::string name = "constant";
  double warmup_epochs = 0.0;
  double hold = 0.0;            // cosine
  double final_fraction = 0.0;  // cosine
  int64_t every = 10;           // step
  double factor = 0.1;          // step, plateau
  int64_t patience = 3;         // plateau
  double min_delta = 0.0;       // plateau

  void read(Section& train);
};

/// Where a schedule stands.
struct ScheduleState {
  double epoch;        // fractions of epochs done, 0 at the first step
  int64_t epochs;      // of the whole training
  int64_t reductions;  // plateau: how often the rate was lowered
};

/// A schedule that a config can name under `train.schedule`.
struct ScheduleRow {
  std::string name;
  std::string summary;
  bool planned;             // its course depends on train.epochs
  bool watches_validation;  // lowers the rate when the validation loss stops improving
  /// Reads the keys that are its own; `warmup_epochs` has been read.
  void (*read)(Section& schedule, LearningRateOptions& options);
  /// Returns the factor on the initial learning rate, warm-up aside.
  double (*factor)(const LearningRateOptions& options, const ScheduleState& state);
};

const Registry<ScheduleRow>& schedules();

/// Computes the factor on the initial learning rate. Part of a run's state: `reductions`, `best`
/// and `waited` go into checkpoints.
class LearningRateSchedule {
 public:
  LearningRateSchedule(LearningRateOptions options, int64_t epochs);

  /// Returns the factor at a point in training. epoch: fractions of epochs done, 0 at the first
  /// step.
  double factor(double epoch) const;
  /// Shows a plateau schedule the validation loss of an epoch. Returns true if that lowered the
  /// rate.
  bool observe(double validation_loss);

  int64_t reductions = 0;  // plateau: how often the rate was lowered
  double best = 1e300;     // plateau: lowest validation loss so far
  int64_t waited = 0;      // plateau: epochs since then

 private:
  LearningRateOptions options_;
  const ScheduleRow* row_;
  int64_t epochs_;
};

}  // namespace latent
