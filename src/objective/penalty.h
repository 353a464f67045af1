// Penalties: what the objective adds to the likelihood, each with weighted, named terms.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "model/autoencoder.h"

namespace latent {

class Adversary;

/// What a penalty may depend on, known when it is made.
struct PenaltyContext {
  const Bottleneck& bottleneck;
  ImageShape images;            // that the decoder makes
  int64_t training_images = 0;  // in the training split
  uint64_t seed = 0;            // of initial weights of its own
};

/// What a penalty sees of a batch, or of this process's part of one. If it compares images, the
/// latents are those of the whole batch.
struct PenaltyInput {
  const Tensor& images;  // [B, C, H, W], the clean images
  const Output& output;
  std::optional<Noise> noise = std::nullopt;  // for draws of its own
};

struct PenaltyValue {
  std::vector<Tensor> terms;  // unweighted, in the order of the plan's names: scalars, averaged
                              // over the batch, in nats per image if they have a unit
  Tensor added;               // what the objective gains: a scalar
};

class Penalty : public torch::nn::Module {
 public:
  virtual PenaltyValue operator()(const PenaltyInput& input) const = 0;
  /// Sets the scheduled quantities, if any, for a point in training; `epoch` counts fractions, 0 at
  /// the start and infinity after the end.
  virtual void schedule(double /*epoch*/) {}
  /// Whether it draws from PenaltyInput::noise.
  virtual bool is_noisy() const { return false; }
  /// Whether its value is no mean of values that each depend on one image: it then sees the latents
  /// of all processes' images.
  virtual bool compares_images() const { return false; }
  /// Returns the network that plays against the model, if there is one.
  virtual Adversary* adversary() { return nullptr; }
};

/// Makes a penalty. Throws Error if it does not fit the bottleneck.
using PenaltyMaker = std::function<std::shared_ptr<Penalty>(const PenaltyContext&)>;

/// What is known of a penalty once its keys are read.
struct PenaltyPlan {
  std::vector<std::string> terms;          // names: "kl"
  std::vector<std::string> remedies = {};  // keys to change if a term is not finite:
                                           // "objective.kl.warmup_epochs"
  int64_t smallest_batch = 1;              // images that one value needs
  PenaltyMaker make;
};

struct PenaltyRow {
  std::string name;  // the key under `objective`
  std::string summary;
  bool implied_by_posterior = false;  // part of every objective whose bottleneck has a posterior
  bool sparse = false;  // makes the code sparse: training then reports how sparse it is
  std::function<PenaltyPlan(Section&)> configure;
};

const Registry<PenaltyRow>& penalties();

/// Throws Error naming the penalty's section if the bottleneck has no posterior.
void expect_posterior(const PenaltyContext& context, const std::string& section);

}  // namespace latent
