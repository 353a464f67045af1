// One training step: forward, backward, clipping, update, and the bookkeeping that stays on the
// device.
#pragma once

#include <memory>
#include <string>

#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/options.h"

namespace latent {

class TrainingStep {
 public:
  /// The modules must be on `device`; their parameters become views of one flat buffer.
  TrainingStep(const TrainOptions& options, std::shared_ptr<Autoencoder> model,
               std::shared_ptr<Objective> objective, const c10::Device& device);

  /// Trains on one batch on the device. step: steps done before, the key of this step's noise.
  void run(const Batch& batch, int64_t step);

  /// Sums over the images since the last reset: [1 + terms] float64 on the device, the total first.
  Tensor sums() const { return sums_; }
  void reset_sums() { sums_.zero_(); }

  /// Throws Error if a loss was NaN or infinite since the start: names the step, the term and the
  /// keys to change.
  void check_finite() const;

  Optimizer& optimizer() { return *optimizer_; }
  FlatParameters& parameters() { return parameters_; }

 private:
  Output forward(const Tensor& input, const at::Generator& noise);
  void account(const Loss& loss, int64_t images, int64_t step);

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  c10::Device device_;
  FlatParameters parameters_;
  std::unique_ptr<Optimizer> optimizer_;
  Tensor sums_;
  Tensor first_bad_;  // [1 + terms] int64: the first step at which a loss was not finite, or -1
};

}  // namespace latent
