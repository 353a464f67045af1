// A training as TensorBoard shows it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "data/dataset.h"
#include "export/tensorboard/event_file.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "run/run_directory.h"
#include "session/experiment.h"
#include "train/listener.h"

namespace latent {

/// Writes RUN/tensorboard: every column of metrics.csv, the pictures that were drawn of the epoch,
/// histograms of the latents of some validation images, and the config as text.
///
/// Columns keep their names, but that "train_loss" is "train/loss": TensorBoard groups by the part
/// before the slash. A failure is logged once, and training continues without it.
class TensorBoardLog : public TrainListener {
 public:
  /// step: of the checkpoint that training continues from; 0 for a new one. config: the resolved
  /// one. The listener that draws the pictures must come before this one.
  TensorBoardLog(RunDirectory run, const std::string& config, std::shared_ptr<Autoencoder> model,
                 const Examples& validation, const Fitted& fitted, const c10::Device& device,
                 int64_t step);

  void epoch(const EpochReport& report) override;

 private:
  void add_pictures(tensorboard::Summary& summary, int64_t epoch) const;
  void add_latents(tensorboard::Summary& summary) const;
  void give_up(const std::exception& failure);

  RunDirectory run_;
  std::shared_ptr<Autoencoder> model_;
  c10::Device device_;
  Tensor input_, condition_;  // of some validation images, on the CPU
  std::optional<tensorboard::EventFile> file_;
};

/// Returns the name under which TensorBoard shows a column of metrics.csv.
std::string tensorboard_tag(const std::string& column);

}  // namespace latent
