// One training step: forward, backward, clipping, update, and bookkeeping on the device.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/together.h"
#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/optimizer/player.h"
#include "train/optimizer/weight_average.h"
#include "train/options.h"
#include "train/running_statistics.h"

namespace latent {

/// A step that was skipped.
struct BadStep {
  int64_t step;      // steps done before it
  std::string what;  // was NaN or infinite: a term of the loss, an adversary's loss, "the loss" or
                     // "the gradient"
};

class TrainingStep {
 public:
  /// The modules must be on `device`; their parameters become views of one flat buffer.
  TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
               std::shared_ptr<Objective> objective, const c10::Device& device,
               const World& world = alone());

  /// Trains on one batch on the device. Reads no value from the device, so that it can be recorded.
  ///
  /// Each process of the world trains on its part of the batch (StepNoise::part), and all make the
  /// same update. It is that of one process on the whole batch, up to the order of sums: batch
  /// normalisation, and losses that compare images, see all parts (core/together.h).
  ///
  /// With train.accumulate the batch is trained on in parts, one after another, whose gradients add
  /// up to the whole batch's; batch normalisation, and losses that compare images, see only a part.
  /// In several processes each cuts its own part, so these parts hold other images than in one.
  ///
  /// A step whose losses or gradient are NaN or infinite is skipped: weights, optimizer, running
  /// statistics and sums do not change; `skipped` counts it, `check_finite` reports it.
  void run(const Batch& batch, const StepNoise& noise);
  /// Returns the streams that `run` may draw from.
  std::vector<Stream> streams() const;

  /// Returns sums over the images since the last reset, without those of skipped steps:
  /// [1 + terms + 1] float64 on the device, the total loss first, the number of images last.
  Tensor sums() const { return sums_; }
  void reset_sums() { sums_.zero_(); }

  /// Throws Error if a loss or the gradient was NaN or infinite since the start; the message names
  /// the first such step, the term and the keys to change.
  void check_finite() const;
  /// Returns the first such step, if there was one; waits for the device.
  std::optional<BadStep> first_bad() const;
  /// Returns one line with the term, the step, and the keys to change.
  std::string describe(const BadStep& bad) const;
  /// Forgets the bad steps so far: `first_bad` then reports only later ones.
  void forget_bad();
  /// Returns the number of steps skipped since the start; waits for the device.
  int64_t skipped() const;

  /// Returns the players, the model first.
  const std::vector<Player>& players() const { return players_; }
  Optimizer& optimizer() { return *players_.front().optimizer; }
  FlatParameters& parameters() { return players_.front().parameters; }
  /// Returns the average of the weights and the running statistics (train.ema).
  WeightAverage& average() { return average_; }
  const WeightAverage& average() const { return average_; }
  /// Sets each player's learning rate to `factor` times its configured one.
  void scale_learning_rates(double factor);

 private:
  Output forward(const Batch& batch, const StepNoise& noise);
  std::optional<Together> together(const StepNoise& noise, int64_t i, int64_t pieces) const;
  /// Computes the gradients of all players on this process's part. share: of the batch that it is.
  /// Returns the total loss, the terms and the adversaries' losses, times the share.
  std::vector<Tensor> learn(const Batch& batch, const StepNoise& noise, double share);
  /// Does the same in train.accumulate parts, one after another. whole: images of the batch of all
  /// processes.
  std::vector<Tensor> learn_in_parts(const Batch& batch, const StepNoise& noise, int64_t whole);
  /// Computes the adversaries' gradients. output: without gradients. share: of the batch that the
  /// images are. Returns their losses times the share.
  std::vector<Tensor> play(const Tensor& images, const Output& output, const StepNoise& noise,
                           double share);
  /// values: the total loss, the terms, and the adversaries' losses, of the whole batch.
  void update(std::vector<Tensor> values, int64_t images, const Tensor& step);
  /// Replaces the gradients and the values of this process's part by those of the whole batch.
  void join(std::vector<Tensor>& values);

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  c10::Device device_;
  const World& world_;
  std::vector<Player> players_;
  RunningStatistics statistics_;
  WeightAverage average_;
  Tensor sums_;
  Tensor first_bad_;    // [2 + terms + adversaries] int64: the first step at which the total, a
                        // term, an adversary's loss or the gradients' norm was not finite, or
                        // never_
  Tensor never_, one_;  // constants on the device
  Tensor skipped_;      // int64
};

}  // namespace latent
