// A run opened for use: config, data and the trained model.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "run/run_directory.h"
#include "session/example_batch.h"
#include "session/experiment.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {

struct OpenedRun {
  RunDirectory directory;
  Config config;
  Experiment experiment;
  std::shared_ptr<Autoencoder> model;  // on `device`, in evaluation mode
  std::shared_ptr<Objective> objective;
  c10::Device device;
  std::string checkpoint;  // "best" or "last"
  int64_t step;            // of training, at that checkpoint
  DataFingerprint data;    // that it was trained on
  CorruptionChain corruption;
  Condition condition;     // what the model gets besides images and latents
  std::string row_format;  // of a table: how rows of other files are read; "" in older runs

  /// Opens the run at `path`. checkpoint: "best" or "last".
  /// Throws Error if the run is missing, incomplete, damaged or newer, or the checkpoint does not
  /// fit its config.
  static OpenedRun open(const std::filesystem::path& path, const std::string& checkpoint,
                        const c10::Device& device);

  /// Decodes latents [N, Z] on any device to pictures [N, C, H, W] on the CPU. Latents that the
  /// bottleneck cannot produce are clamped to its range. told: the condition,
  /// [N, K] or [1, K]; undefined:
  /// nothing is known.
  Tensor pictures(const Tensor& z, const Tensor& told = {}) const;
  /// Returns the latents of images on any device, as rows [N, Z] on the CPU, and their condition
  /// [N, K]. Without noise z is the code. A model that upscales accepts images of the data set's
  /// size, which are reduced first, and small ones, which are used as they are. Adds no noise to
  /// the images.
  Latent encode(const ExampleBatch& batch, const std::optional<Noise>& noise = std::nullopt) const;
  /// Loads a split of the run's data set. Throws Error if its examples have another shape than the
  /// model's output; warns if they are not those that the run was trained on.
  Examples load(Split split) const;
  /// Loads a split, or returns nothing if the data set can no longer be read; `why_not` gets the
  /// reason.
  std::optional<Examples> load_if_there(Split split, std::string& why_not) const;
};

}  // namespace latent
