// One training step: forward, backward, clipping, update, and the bookkeeping that stays on the
// device.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/options.h"
#include "train/statistics.h"

namespace latent {

/// A step that was skipped.
struct BadStep {
  int64_t step;      // steps done before it
  std::string what;  // was NaN or infinite: a term of the loss, "the loss" or "the gradient"
};

class TrainingStep {
 public:
  /// The modules must be on `device`; their parameters become views of one flat buffer.
  TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
               std::shared_ptr<Objective> objective, const c10::Device& device);

  /// Trains on one batch on the device. step: steps done before, the key of this step's noise.
  ///
  /// A step whose losses or gradient are NaN or infinite is skipped: weights, optimizer, running
  /// statistics and sums stay as they were; `skipped` counts it, `check_finite` tells of it.
  void run(const Batch& batch, int64_t step);

  /// Sums over the images since the last reset: [1 + terms] float64 on the device, the total first.
  /// The images of skipped steps are not among them.
  Tensor sums() const { return sums_; }
  void reset_sums() { sums_.zero_(); }

  /// Throws Error if a loss or the gradient was NaN or infinite since the start: names the first
  /// such step, the term and the keys to change.
  void check_finite() const;
  /// The first such step, if there was one; waits for the device.
  std::optional<BadStep> first_bad() const;
  /// From now on only later steps are told of.
  void forget_bad() { first_bad_.fill_(-1); }
  /// Steps skipped since the start; waits for the device, as check_finite does.
  int64_t skipped() const;

  Optimizer& optimizer() { return *optimizer_; }
  FlatParameters& parameters() { return parameters_; }

 private:
  Output forward(const Tensor& input, const at::Generator& noise);
  void update(const Loss& loss, int64_t images, int64_t step);

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  c10::Device device_;
  FlatParameters parameters_;
  Statistics statistics_;
  std::unique_ptr<Optimizer> optimizer_;
  Tensor sums_;
  Tensor first_bad_;  // [2 + terms] int64: the first step at which the total, a term or the
                      // gradient's norm was not finite, or -1
  Tensor skipped_;    // int64
};

}  // namespace latent
