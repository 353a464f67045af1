// The counters of a training run, and how a checkpoint stores them.
#pragma once

#include <cstdint>
#include <filesystem>

#include "format/safetensors.h"
#include "train/checkpoint/data_fingerprint.h"
#include "train/optimizer/learning_rate.h"

namespace latent {

/// The progress of a training; with the weights and the optimizer's state, all that a resumed run
/// needs.
struct TrainState {
  int64_t epoch = 0;         // epochs completed
  int64_t batch = 0;         // batches done of the current epoch
  int64_t step = 0;          // steps done
  double seconds = 0;        // spent training
  double epoch_seconds = 0;  // of these, in the current epoch
  double best_loss = 1e300;
  int64_t best_epoch = 0;
  double patience_loss = 1e300;  // the last val_loss better than the one before it by min_delta
  int64_t waited = 0;            // epochs since then
  int64_t skipped = 0;           // steps skipped because of NaN, in the whole run
  int64_t rollbacks = 0;         // because of NaN, in the whole run
  double rate_factor = 1;        // on the learning rate, lowered by each rollback
  DataFingerprint data;
};

/// Adds the counters and the schedule's state to the metadata.
void store_state(const TrainState& state, const LearningRateSchedule& schedule, TensorFile& file);

/// Reads them back. Throws Error naming `path` if they are missing, damaged or below 0.
void load_state(TrainState& state, LearningRateSchedule& schedule, const TensorFile& file,
                const std::filesystem::path& path);

/// Returns the number of steps before a checkpoint, 0 if it does not say.
int64_t stored_step(const TensorFile& file);
/// Returns the number of epochs completed before a checkpoint, 0 if it does not say.
int64_t stored_epoch(const TensorFile& file);
/// Returns the fingerprint of the data it was trained on; counts of 0 if it does not say.
DataFingerprint stored_data(const TensorFile& file);

}  // namespace latent
