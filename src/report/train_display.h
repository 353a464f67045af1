// The display of a training: when the first step was done, the progress bar, a line per epoch, and
// pictures of the same images and latents after each epoch.
#pragma once

#include <memory>
#include <optional>

#include "core/progress.h"
#include "session/experiment.h"
#include "train/trainer.h"

namespace latent {

class TrainDisplay : public TrainListener {
 public:
  /// validation: the split whose first images are reconstructed.
  TrainDisplay(std::shared_ptr<Autoencoder> model, std::shared_ptr<Objective> objective,
               const Examples& validation, RunDirectory run, const Experiment& experiment,
               const Fitted& fitted, const c10::Device& device, bool quiet);

  void step(const StepReport& report) override;
  void epoch(const EpochReport& report) override;
  /// Makes the pictures of the last epoch if they are missing: training stopped early, or was
  /// killed before they were made. The model must be that of the epoch's end. A failure is only
  /// logged, once.
  void finished(const TrainState& state) override;

 private:
  void warn(int64_t epoch, const std::exception& failure);
  /// Returns the random latents of the pictures, [N, Z]: the same draws after each epoch.
  Tensor random_latents(const Evaluation& validation) const;
  void write_pictures(int64_t epoch, const Evaluation& validation);
  std::filesystem::path picture(const char* what, int64_t epoch) const;

  std::shared_ptr<Autoencoder> model_;
  std::shared_ptr<Objective> objective_;
  RunDirectory run_;
  TrainOptions options_;
  std::shared_ptr<const visual::Gallery> gallery_;
  std::string example_noun_;
  c10::Device device_;
  Examples validation_;
  Fitted fitted_;
  ProgressBar bar_;
  bool first_ = true;               // no step was reported yet
  std::optional<Evaluation> last_;  // of the last epoch trained here
  int64_t warned_ = 0;              // the epoch for which a failure of the pictures was logged
  Tensor images_;                   // [N, C, H, W], the same in all pictures
  Tensor input_;                    // [N, C, h, w] as the encoder sees them
  Tensor condition_;                // [N, K] of them, on the device; or undefined
  int64_t samples_;                 // random latents in a picture
  std::vector<std::pair<double, double>> ranges_;  // of a table's columns, for all epochs the same
};

}  // namespace latent
