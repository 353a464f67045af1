// Penalties on the latents, each a named, weighted term of the objective.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "model/bottleneck.h"

namespace latent {

class Penalty {
 public:
  virtual ~Penalty() = default;
  /// Returns the unweighted term, averaged over the batch: a scalar, in nats per image if it has a
  /// unit.
  virtual Tensor value(const Latent& latent) const = 0;
  /// Returns the term's contribution to the total, given its value: a scalar.
  virtual Tensor weighted(const Tensor& value) const = 0;
  /// Sets the scheduled quantities, if any, for a point in training; `epoch` counts fractions, 0 at
  /// the start.
  virtual void schedule(double) {}
  /// Moves the scheduled quantities to a device.
  virtual void to(const c10::Device&) {}
  /// Whether it makes the code sparse: training then reports how sparse the code is.
  virtual bool sparse() const { return false; }
};

/// Makes a penalty for a bottleneck. Throws Error if it does not fit.
using PenaltyMaker = std::function<std::unique_ptr<Penalty>(const Bottleneck&)>;

struct PenaltyRow {
  std::string name;  // the key under `objective`, and the name of the term
  std::string summary;
  bool implied_by_posterior;  // part of every objective whose bottleneck has a posterior
  std::function<PenaltyMaker(Section&)> configure;
};

const Registry<PenaltyRow>& penalties();

}  // namespace latent
