// A run opened for use: config, data and the trained model.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "command/flags/arguments.h"
#include "run/run_directory.h"
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

  /// Opens what --run, --checkpoint and --device name.
  /// Throws Error if the run is missing, incomplete, damaged or newer, or the checkpoint does not
  /// fit its config.
  static OpenedRun open(const Arguments& arguments);
  /// The same for a run and a checkpoint by name.
  static OpenedRun open(const std::filesystem::path& path, const std::string& checkpoint,
                        const c10::Device& device);

  /// Pictures of latents [N, Z] on any device: [N, C, H, W] on the CPU.
  Tensor pictures(const Tensor& z) const;
  /// The code of images [N, C, H, W] on any device; on the CPU. Without a generator z is the mean.
  /// A model that upscales is given the images of the data set's size, which are then made smaller,
  /// or small ones, which are taken as they are. No noise is added.
  Latent encode(const Tensor& images, std::optional<at::Generator> generator = std::nullopt) const;
  /// A split of the run's data set. Throws Error if its examples have another shape than the
  /// model's output; warns if they are others than those trained on.
  Examples load(Split split) const;
  /// The same, but nothing where the data set cannot be read any more; why_not: what it says.
  std::optional<Examples> load_if_there(Split split, std::string& why_not) const;
  /// The codes of a whole split in its order, z being the mean; [N, Z] on the CPU. Computed once
  /// for a checkpoint, with progress, then kept in the run's cache. The split is loaded to see
  /// whether they are still of its examples: codes kept before the data changed are made again.
  Latent split_latents(Split split, bool quiet) const;
  /// The same where the split's examples are at hand.
  Latent split_latents(Split split, const Examples& examples, bool quiet) const;
};

}  // namespace latent
