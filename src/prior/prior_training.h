// Trains the network of a learned prior on the codes of a run's images.
#pragma once

#include <c10/core/Device.h>

#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "core/stopwatch.h"
#include "format/safetensors.h"
#include "prior/code_transformer.h"
#include "prior/prior_options.h"
#include "run/metrics.h"
#include "run/run_directory.h"
#include "train/optimizer/optimizer.h"

namespace latent {

/// The codes of images, and what is known about them.
struct CodedImages {
  Tensor indices;    // [N, P] int64 on the CPU
  Tensor condition;  // [N, C] float32 on the CPU, or undefined
};

/// How far a prior's training is.
struct PriorState {
  int64_t epoch = 0, batch = 0, step = 0;  // completed; batches of the current epoch
  int64_t best_epoch = 0;
  double best_bits = 1e300;  // lowest val_bits
  double epoch_bits = 0;     // sum over the current epoch's images so far
  double seconds = 0;        // spent training
};

/// Returns the mean information of the images' codes in bits per image. Leaves no gradients.
double mean_bits(const CodeTransformer& network, const CodedImages& images,
                 const c10::Device& device);

class PriorTrainer {
 public:
  /// network: on `device`. folder: where checkpoints and metrics.csv go. about: metadata of every
  /// checkpoint.
  PriorTrainer(const PriorOptions& options, std::shared_ptr<CodeTransformer> network,
               CodedImages train, CodedImages validation, RunDirectory folder,
               std::map<std::string, std::string> about, const c10::Device& device, bool quiet);

  /// Continues from a checkpoint. Throws Error naming `path` if it does not fit.
  void restore(const TensorFile& file, const std::filesystem::path& path);
  /// Trains to the last epoch. Throws Interrupted, after saving, if a signal arrived; Error if the
  /// loss is not finite. most_steps: ends after so many, saved.
  void train(int64_t most_steps = std::numeric_limits<int64_t>::max());
  const PriorState& state() const { return state_; }

 private:
  /// Returns false if the steps ended before the epoch.
  bool train_epoch(int64_t& steps_left);
  void train_step(const Tensor& rows);
  void finish_epoch(double seconds);
  TensorFile snapshot() const;
  void save();
  int64_t batches() const;
  double rate() const;

  PriorOptions options_;
  std::shared_ptr<CodeTransformer> network_;
  CodedImages train_, validation_;
  RunDirectory folder_;
  std::map<std::string, std::string> about_;
  c10::Device device_;
  bool quiet_;
  FlatParameters parameters_;
  std::unique_ptr<Optimizer> optimizer_;
  PriorState state_;
  MetricsTable metrics_;
  Stopwatch saved_;
};

/// Loads the network's weights from a checkpoint. Throws Error naming `path` and what does not fit.
void load_network(CodeTransformer& network, const TensorFile& file,
                  const std::filesystem::path& path);

}  // namespace latent
