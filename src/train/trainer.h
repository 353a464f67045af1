// The training loop: the only one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "run/metrics.h"
#include "run/run_directory.h"
#include "train/batches.h"
#include "train/evaluation.h"
#include "train/step.h"
#include "train/train_state.h"

namespace latent {

/// "loss", "nll", "kl", ...: means over images, nats per image.
using NamedLosses = std::vector<std::pair<std::string, double>>;

/// What the trainer tells while it works.
struct StepReport {
  int64_t epoch, epochs;  // the epoch under way, from 1
  int64_t images, total;  // of this epoch
  double seconds;         // since the epoch began
  std::function<NamedLosses()>
      losses;  // means over the epoch so far; asks the device, so ask rarely
};

struct EpochReport {
  int64_t epoch, epochs;
  int64_t step;
  double seconds;            // of training, since the run began
  double images_per_second;  // of this epoch
  double learning_rate;
  std::vector<std::pair<std::string, double>>
      train;  // "loss", "nll", "kl", ...: means over the epoch
  const Evaluation* validation;
  bool best;
};

struct TrainEvents {
  std::function<void(const StepReport&)> step;
  std::function<void(const EpochReport&)> epoch;
};

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
  void restore(const std::filesystem::path& checkpoint);
  /// Trains to the last epoch, or until it stops early or is interrupted.
  /// Throws Interrupted after saving when a signal came, Error if a loss is not finite.
  void train(const TrainEvents& events);

  const TrainState& state() const { return state_; }
  /// The share of the steps' time so far that went into fetching images.
  double data_share() const { return step_seconds_ > 0 ? data_seconds_ / step_seconds_ : 0; }

 private:
  void train_epoch(const TrainEvents& events);
  void finish_epoch(const TrainEvents& events);
  void set_schedules(int64_t batch);
  /// Means of the epoch under way over its first `images` images.
  NamedLosses mean_losses(int64_t images) const;
  bool note_validation(double loss);
  void append_metrics(const EpochReport& report);
  void save(const std::string& which);
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
  LearningRateSchedule schedule_;
  TrainState state_;
  MetricsTable metrics_;
  double data_seconds_ = 0, step_seconds_ = 0;  // of this process
};

}  // namespace latent
