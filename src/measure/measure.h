// Measures of a model on a split: each sees every batch and returns named figures. `latent
// evaluate` prints them without knowing them.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/section.h"
#include "core/registry.h"
#include "data/condition.h"
#include "data/dataset.h"
#include "model/autoencoder.h"
#include "model/corruption.h"
#include "objective/objective.h"
#include "statistics/confidence.h"

namespace latent {

/// What a figure was computed with, or a number to compare it with.
struct FigureDetail {
  std::string name;  // in the JSON, beside the figure's value
  std::variant<double, std::string> value;
};

/// A named number.
struct Figure {
  std::string name;  // the name of its measure if it is the only one: "psnr"; else "frechet"
  double value = 0;
  std::string unit = {};  // "dB"; "" for a number without one
  std::string meaning = {};
  int64_t count = 0;  // of the examples, or samples, that it was computed from
  std::optional<statistics::Interval> interval = {};  // 95%
  int decimals = 4;                                   // in texts; 0 for a whole number
  std::vector<FigureDetail> details = {};             // the meaning names those that matter
  /// [N] float64: of each image of the split, in its order, if the value is their mean; undefined
  /// otherwise. Two models are compared by them.
  Tensor each = {};
};

/// Images of the split that a measure chose, for a picture of them.
struct RankedImages {
  std::string name;             // "worst"
  std::string figure;           // that they were ranked by: "psnr"
  std::vector<int64_t> images;  // places in the split, in order
  std::vector<double> values;   // of each
};

/// What a measure sees of a batch, on the model's device.
struct MeasuredBatch {
  int64_t first;          // the place of its first image in the split
  const Tensor& images;   // [B, C, H, W], the clean images
  const Output& output;   // of sampled latents, as in training
  const Loss& loss;       // of that output
  const Tensor& decoded;  // [B, C, H, W], the decoder's output for the code
  Tensor pictures;        // [B, C, H, W], the likelihood's mean of `decoded`; not clamped
  Tensor sampled;         // the same of output.decoded
};

class Measure {
 public:
  virtual ~Measure() = default;
  /// Takes in a batch. Called without gradients, for each batch of the split in order.
  virtual void add(const MeasuredBatch& batch) = 0;
  /// Returns the figures of all batches. Called once, after the last.
  virtual std::vector<Figure> figures() const = 0;
  /// Returns images to draw beside their reconstructions. Called after the last batch.
  virtual std::vector<RankedImages> ranked() const { return {}; }
};

/// A network whose output describes images: distances between distributions are measured there.
class ImageFeatures {
 public:
  virtual ~ImageFeatures() = default;
  /// Returns what the features are called in reports: "classifier-mnist-1a2b3c4d".
  virtual std::string name() const = 0;
  virtual int64_t size() const = 0;  // D
  /// Whether an image takes so long that no more than needed should be given.
  virtual bool slow() const = 0;
  /// Returns the features of images [B, C, H, W] with values in [0, 1]: [B, D] float32 on the CPU.
  virtual Tensor of(const Tensor& images) = 0;
};

/// What is measured. The references outlive the measures.
struct MeasureContext {
  Autoencoder& model;  // in evaluation mode while `add` and `figures` are called
  const Objective& objective;
  const CorruptionChain& corruption;
  const Condition& condition;            // what the model gets besides images and latents
  const nlohmann::ordered_json& config;  // the run's, resolved
  const Examples& examples;              // of the split
  std::string noun;                      // of one example: "image"
  c10::Device device = c10::kCPU;
  uint64_t seed = 0;
  /// Loads another split of the run's data.
  std::function<Examples(Split)> load = {};
  /// Returns the codes of a split of the run's data, in its order and on the CPU.
  std::function<Latent(Split)> codes = {};
  /// Draws latents [N, Z] on the CPU from a sampler of `latent sample`.
  std::function<Tensor(const std::string& sampler, int64_t count)> random_latents = {};
  /// Of `examples`.
  Split split = Split::kTest;
  /// Returns the features that `choice` names, the value of --features; "": a network made for the
  /// run's data. The same choice returns the same object. Throws Error if they do not fit.
  std::function<std::shared_ptr<ImageFeatures>(const std::string& choice)> features = {};
};

using MeasureMaker = std::function<std::unique_ptr<Measure>(const MeasureContext&)>;

struct MeasureRow {
  std::string name;  // of --measure and in the JSON
  std::string summary;
  /// Whether `latent evaluate` computes it unless --measure names others. Its figures then also
  /// stand at the top of the JSON object, not only under `measures`.
  bool by_default = false;
  /// Returns "" if the run can have it, else what it needs and what the run is instead: "needs
  /// images; the run's examples are rows of a table".
  std::function<std::string(const MeasureContext&)> unavailable;
  /// Reads its options. `latent evaluate` has a flag for each key: --nll-samples for nll_samples.
  std::function<MeasureMaker(Section&)> configure;
};

const Registry<MeasureRow>& measures();

/// A `configure` that reads no options, for a measure that is made from a MeasureContext.
template <class Made>
MeasureMaker configure_plain(Section&) {
  return [](const MeasureContext& context) { return std::make_unique<Made>(context); };
}

}  // namespace latent
