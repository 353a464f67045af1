// Training a config from start to end: the run's folder, the data, the model, the trainer.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "model/summary.h"
#include "run/run_directory.h"
#include "run/run_lock.h"
#include "session/experiment.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/trainer.h"

namespace latent {

/// How a training is started.
struct TrainingRequest {
  std::string name;                                // of the config, for the folder of a new run
  std::optional<std::filesystem::path> folder;     // of the run; else runs/<name>-<n>
  std::optional<std::filesystem::path> init_from;  // a run whose weights training starts from
  c10::Device device = c10::kCPU;
  const World* world = &alone();
  bool resume = false;     // needs `folder`
  bool overwrite = false;  // replaces the run in `folder`
  bool dry_run = false;    // writes nothing
};

/// A run's folder before the data are read.
struct ClaimedRun {
  std::unique_ptr<RunLock> lock;               // of a folder that exists already
  std::optional<StoredCheckpoint> checkpoint;  // that a resumed run continues from
};

/// What is trained on what.
struct PreparedTraining {
  Examples train, validation;
  Fitted fitted;
  std::shared_ptr<Autoencoder> model;  // on the CPU
  std::shared_ptr<Objective> objective;
  std::vector<LayerSummary> layers;
  std::string row_format;  // Dataset::row_format

  /// The splits, the shapes and the layers, for people. noun: what an example is called.
  std::string overview(const std::string& noun) const;
};

/// A trainer at its starting point, and the run it writes. The lock is held as long as this lives.
struct StartedTraining {
  std::unique_ptr<RunLock> lock;
  RunDirectory run;
  std::unique_ptr<Trainer> trainer;
};

/// Checks that the folder can be used and that no other process uses it, and finds the checkpoint
/// that a resumed run continues from. config: read.
/// Throws Error if another process trains there, if a run is there already, or if the config
/// differs from the resumed run's in a key that must not change.
ClaimedRun claim_run(const TrainingRequest& request, const Config& config);

/// Loads the data and builds the model with its initial weights.
/// Throws Error if the data cannot be read, or do not fit each other or the objective.
PreparedTraining prepare_training(const Experiment& experiment,
                                  const std::optional<std::filesystem::path>& init_from);

/// Creates or opens the run's folder, moves the model to the device and restores the checkpoint.
/// config, experiment: precision "auto" is replaced by what this machine does best.
StartedTraining start_training(const TrainingRequest& request, Config& config,
                               Experiment& experiment, const PreparedTraining& prepared,
                               ClaimedRun claimed);

}  // namespace latent
