// The training loop.
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
#include "train/listener.h"
#include "train/step.h"
#include "train/stepper.h"

namespace latent {

/// The data that a model is trained and validated on.
struct TrainingData {
  Examples train;
  Examples validation;
  Augmentation augmentation = {};   // of the training images, different in each epoch
  CorruptionChain corruption = {};  // of the encoder's input, in training and validation
  TrainingCondition condition = {};
  std::string row_format = "";  // Dataset::row_format, for checkpoints
};

class Trainer {
 public:
  /// The modules must be on `device`, equal in all processes of the world. config: the resolved
  /// config, stored in every checkpoint. Only the process that leads writes files. Several
  /// processes record no steps for a GPU.
  Trainer(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
          std::shared_ptr<Objective> objective, TrainingData data, RunDirectory run,
          std::string config, const c10::Device& device, const World& world = alone());

  /// Restores the state of a checkpoint of this run. Throws Error if it does not fit.
  void restore(const StoredCheckpoint& checkpoint);
  /// Trains to the last epoch, or until it stops early or is interrupted.
  /// Throws Interrupted, after saving, if a signal arrived; Error if a loss is not finite (and
  /// train.on_nan is stop) or a checkpoint cannot be written.
  void train(TrainListeners listeners);
  /// Writes the checkpoint "last". Training resumed from it is bit-for-bit identical to an
  /// uninterrupted one.
  void save();

  const TrainState& state() const { return state_; }
  /// Returns the share of the steps' time so far that was spent fetching images.
  double data_share() const { return step_seconds_ > 0 ? data_seconds_ / step_seconds_ : 0; }

 private:
  void train_epoch(TrainListeners listeners);
  /// Handles, as train.on_nan says, the steps that were bad since the last call.
  /// order: the epoch's images, [N] int64.
  void settle_bad_steps(const Tensor& order);
  /// Returns to the start of the epoch with a lower learning rate. why: the reason to log.
  void roll_back(const std::string& why);
  void finish_epoch(TrainListeners listeners);
  void set_schedules(int64_t batch);
  /// Returns means over the images of the current epoch so far.
  NamedLosses mean_losses() const;
  bool note_validation(double loss);
  /// Evaluates the validation images; a signal that arrives meanwhile stops it.
  Evaluation validate();
  TensorFile snapshot();
  bool checkpoint_due() const;
  /// What all processes agree on.
  struct Wishes {
    int signal;  // to stop for, or 0
    bool save;   // whether a process wants a checkpoint
  };
  Wishes agreed_wishes(bool save) const;
  /// Returns the part of an error's message that says what is saved.
  std::string what_is_kept() const;
  [[noreturn]] void stop_for(int signal);
  int64_t batches() const;

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  Batches train_;
  Examples validation_;
  CorruptionChain corruption_;
  Condition condition_;
  std::string row_format_;
  RunDirectory run_;
  std::string config_;
  c10::Device device_;
  const World& world_;
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
