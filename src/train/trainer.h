// The training loop: the only one.
#pragma once

#include <memory>
#include <string>

#include "core/stopwatch.h"
#include "run/run_directory.h"
#include "train/batches.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/checkpoint/train_state.h"
#include "train/epoch_metrics.h"
#include "train/evaluation.h"
#include "train/reports.h"
#include "train/step.h"
#include "train/stepper.h"

namespace latent {

/// What a model is trained on.
struct TrainingData {
  Examples train;
  Examples validation;
  Augmentation augmentation = {};   // of the training images, drawn anew in each epoch
  CorruptionChain corruption = {};  // of what the encoder sees, in training and validation
};

class Trainer {
 public:
  /// The modules must be on `device`. config: the resolved config, kept in every checkpoint.
  Trainer(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
          std::shared_ptr<Objective> objective, TrainingData data, RunDirectory run,
          std::string config, const c10::Device& device);

  /// Continues from a checkpoint of this run. Throws Error if it does not fit.
  void restore(const StoredCheckpoint& checkpoint);
  /// Trains to the last epoch, or until it stops early or is interrupted.
  /// Throws Interrupted after saving when a signal came, Error if a loss is not finite (and
  /// train.on_nan stops at that) or a checkpoint cannot be written.
  void train(const TrainEvents& events);
  /// Writes the checkpoint "last", from which training goes on to the same bits.
  void save();

  const TrainState& state() const { return state_; }
  /// The share of the steps' time so far that went into fetching images.
  double data_share() const { return step_seconds_ > 0 ? data_seconds_ / step_seconds_ : 0; }

 private:
  void train_epoch(const TrainEvents& events);
  /// Looks whether steps were bad since the last look, and does what train.on_nan says.
  /// order: the epoch's images, [N] int64.
  void settle_bad_steps(const Tensor& order);
  /// Goes back to the epoch's start with a lower learning rate. why: told aloud.
  void roll_back(const std::string& why);
  void finish_epoch(const TrainEvents& events);
  void set_schedules(int64_t batch);
  /// Means over the images of the epoch under way so far.
  NamedLosses mean_losses() const;
  bool note_validation(double loss);
  /// The pass over the validation images; a signal that comes meanwhile ends it.
  Evaluation validate();
  TensorFile snapshot();
  bool checkpoint_due() const;
  /// What is left after an error, for its message.
  std::string what_is_kept() const;
  [[noreturn]] void stop_for(int signal);
  int64_t batches() const;

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  Batches train_;
  Examples validation_;
  CorruptionChain corruption_;
  RunDirectory run_;
  std::string config_;
  c10::Device device_;
  TrainingStep step_;
  Stepper stepper_;
  LearningRateSchedule schedule_;
  TrainState state_;
  EpochMetrics metrics_;
  CheckpointStore checkpoints_;
  Stopwatch saved_;                             // since the last checkpoint
  bool stepped_ = false;                        // in this process
  int64_t skipped_before_ = 0;                  // the run's skipped steps without this process's
  double data_seconds_ = 0, step_seconds_ = 0;  // of this process
};

}  // namespace latent
