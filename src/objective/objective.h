// The objective: a weighted likelihood, the bottleneck's own losses and the penalties, in nats per
// image.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/autoencoder.h"
#include "objective/adversary.h"
#include "objective/bound.h"
#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

/// The number to minimise and its parts, scalars averaged over the batch.
struct Loss {
  Tensor total;
  std::vector<NamedTensor> terms;  // unweighted: "nll", "kl", ...
};

/// Returns the output with the latents of all processes' images; with those of this batch if it is
/// whole (core/together.h). The decoded images stay those of this process.
Output with_latents_of_all(const Output& output);
/// Returns the noise for the images of all processes.
std::optional<Noise> noise_for_all(const std::optional<Noise>& noise);

/// A penalty that a config chooses.
struct ChosenPenalty {
  const PenaltyRow* row;
  PenaltyPlan plan;
};

/// Returns the keys to change if a penalty's term is not finite, besides those that help any term.
std::vector<std::string> remedies(const std::vector<ChosenPenalty>& penalties,
                                  const std::string& term);

class Objective : public torch::nn::Module {
 public:
  /// Makes the penalties. bound: nullptr for the usual one. Throws Error if a penalty does not fit
  /// the context's bottleneck.
  Objective(std::shared_ptr<Likelihood> likelihood, double weight,
            std::shared_ptr<const Bound> bound, std::vector<ChosenPenalty> penalties,
            const PenaltyContext& context);

  /// Returns the loss of a batch. images: the clean images [B, C, H, W]. output: of a pass with
  /// `samples()` latents of each image. noise: for penalties that draw; needed only if `is_noisy`.
  Loss operator()(const Tensor& images, const Output& output,
                  const std::optional<Noise>& noise = std::nullopt) const;
  /// Returns how many latents each image is to be decoded from.
  int64_t samples() const { return bound_ ? bound_->samples() : 1; }
  /// Sets the scheduled weights for a point in training; `epoch` counts fractions, 0 at the start.
  void schedule(double epoch);
  /// Returns "nll", "bound" if there is another than the usual one, the bottleneck's losses and the
  /// penalties' terms, in the order of Loss::terms.
  std::vector<std::string> term_names() const;
  const std::vector<ChosenPenalty>& chosen() const { return chosen_; }
  /// Whether a penalty makes the code sparse.
  bool sparse() const;
  /// Whether a penalty draws noise.
  bool is_noisy() const;
  const Likelihood& likelihood() const { return *likelihood_; }
  /// Returns the penalties' adversaries by the names of their penalties.
  std::vector<std::pair<std::string, Adversary*>> adversaries() const;
  /// Moves parameters, scheduled quantities and adversaries to a device.
  void move_to(const c10::Device& device);

 private:
  std::shared_ptr<Likelihood> likelihood_;
  double weight_;
  std::shared_ptr<const Bound> bound_;
  std::vector<std::string> losses_;  // names of the bottleneck's own
  std::vector<ChosenPenalty> chosen_;
  std::vector<std::shared_ptr<Penalty>> penalties_;  // one for each
};

/// Section `objective`, read.
struct ObjectivePlan {
  LikelihoodMaker likelihood;
  double likelihood_weight = 1.0;
  std::shared_ptr<const Bound> bound = {};  // nullptr: the usual one
  std::vector<ChosenPenalty> penalties;

  /// training_images: in the training split. seed: of initial weights of the penalties' own.
  /// Throws Error if a penalty does not fit the model's bottleneck.
  std::shared_ptr<Objective> make(const Autoencoder& model, int64_t training_images,
                                  uint64_t seed) const;
};

/// Reads the keys under `likelihood`: those of the row, and the weight.
void configure_likelihood(const LikelihoodRow& row, Section& section, ObjectivePlan& plan);

/// Reads section `objective`. For a bottleneck with a posterior `kl` has weight 1 unless the config
/// sets another.
ObjectivePlan configure_objective(Section section, bool has_posterior);

}  // namespace latent
