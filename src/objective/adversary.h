// Adversaries: networks that learn to tell something of the model's apart while the model learns to
// make it the same.
#pragma once

#include "objective/penalty.h"

namespace latent {

/// How an adversary is trained, by Adam.
struct AdversaryOptions {
  double learning_rate = 1e-4;
  double beta1 = 0.5, beta2 = 0.9;

  /// Reads the keys; the values at the call are the defaults.
  void read(Section& section);
};

/// A second player: its network has an optimizer and a loss of its own. It is updated in the same
/// step as the model, after it and on the same batch; if either loss is not finite, neither is
/// updated.
class Adversary {
 public:
  virtual ~Adversary() = default;
  /// Returns its network, which must not be registered as a part of the penalty.
  virtual torch::nn::Module& module() = 0;
  virtual const AdversaryOptions& options() const = 0;
  /// As of a penalty.
  virtual bool compares_images() const { return false; }
  /// Returns the loss that its network minimises: a scalar. input: without gradients.
  virtual Tensor loss(const PenaltyInput& input) = 0;
};

}  // namespace latent
