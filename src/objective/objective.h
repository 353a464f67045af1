// The objective: a weighted likelihood and the penalties, in nats per image.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/autoencoder.h"
#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

/// The number to minimise and its parts, scalars averaged over the batch.
struct Loss {
  Tensor total;
  std::vector<std::pair<std::string, Tensor>> terms;  // unweighted: "nll", "kl", ...
};

class Objective : public torch::nn::Module {
 public:
  Objective(std::shared_ptr<Likelihood> likelihood, double weight,
            std::vector<std::pair<std::string, std::unique_ptr<Penalty>>> penalties);

  /// Returns the loss of a batch. images: the clean images [B, C, H, W].
  Loss operator()(const Tensor& images, const Output& output) const;
  /// Sets the scheduled weights for a point in training; `epoch` counts fractions, 0 at the start.
  void schedule(double epoch);
  /// Returns "nll" and the penalties' names, in the order of Loss::terms.
  std::vector<std::string> term_names() const;
  /// Whether a penalty makes the code sparse.
  bool sparse() const;
  const Likelihood& likelihood() const { return *likelihood_; }
  /// Moves parameters and scheduled quantities to a device.
  void move_to(const c10::Device& device);

 private:
  std::shared_ptr<Likelihood> likelihood_;
  double weight_;
  std::vector<std::pair<std::string, std::unique_ptr<Penalty>>> penalties_;
};

/// Section `objective`, read.
struct ObjectivePlan {
  LikelihoodMaker likelihood;
  double likelihood_weight = 1.0;
  std::vector<std::pair<std::string, PenaltyMaker>> penalties;

  /// Throws Error if a penalty does not fit the model's bottleneck.
  std::shared_ptr<Objective> make(const Autoencoder& model) const;
};

/// Reads the keys under `likelihood`: those of the row, and the weight.
void configure_likelihood(const LikelihoodRow& row, Section& section, ObjectivePlan& plan);

/// Reads section `objective`. For a bottleneck with a posterior `kl` has weight 1 unless the config
/// sets another.
ObjectivePlan configure_objective(Section section, bool has_posterior);

}  // namespace latent
