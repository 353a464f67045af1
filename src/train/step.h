// One training step: forward, backward, clipping, update, and the bookkeeping that stays on the
// device.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/batches.h"
#include "train/options.h"
#include "train/running_statistics.h"

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

  // The same in parts, for work that is recorded:

  /// Lets the next `train` be that of a step: its noise, its number.
  void key(int64_t step);
  /// Everything else. No value comes to the host, nothing depends on the step but by what `key`
  /// set.
  void train(const Batch& batch);
  /// The generators that `train` draws from, beside the device's default one.
  std::vector<at::Generator> generators() const;

  /// Sums over the images since the last reset: [1 + terms + 1] float64 on the device, the total
  /// first, at the end how many they are. The images of skipped steps are not among them.
  Tensor sums() const { return sums_; }
  void reset_sums() { sums_.zero_(); }

  /// Throws Error if a loss or the gradient was NaN or infinite since the start: names the first
  /// such step, the term and the keys to change.
  void check_finite() const;
  /// The first such step, if there was one; waits for the device.
  std::optional<BadStep> first_bad() const;
  /// One line: the term, the step, and the keys to change.
  std::string describe(const BadStep& bad) const;
  /// From now on only later steps are told of.
  void forget_bad();
  /// Steps skipped since the start; waits for the device, as check_finite does.
  int64_t skipped() const;

  Optimizer& optimizer() { return *optimizer_; }
  FlatParameters& parameters() { return parameters_; }

 private:
  Output forward(const Tensor& input);
  void update(const Loss& loss, int64_t images);

  TrainOptions options_;
  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  c10::Device device_;
  FlatParameters parameters_;
  RunningStatistics statistics_;
  std::unique_ptr<Optimizer> optimizer_;
  Tensor sums_;
  Tensor first_bad_;     // [2 + terms] int64: the first step at which the total, a term or the
                         // gradient's norm was not finite, or never_
  Tensor never_, one_;   // constants on the device
  Tensor skipped_;       // int64
  Tensor number_;        // int64: steps done before the one under way
  int64_t next_ = 0;     // what number_ will be at the next step, unless it is set
  at::Generator noise_;  // of the latents; kept, since a recorded step draws from the one it was
                         // recorded with
};

}  // namespace latent
