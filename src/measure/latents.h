// What the latents of a split's images are like.
#pragma once

#include "core/tensor.h"
#include "model/bottleneck.h"

namespace latent {

/// A latent whose mean varies more than this over the images is active.
/// Source: Burda et al. 2016, arXiv:1509.00519.
constexpr double kActiveVariance = 0.01;

/// A latent with more KL than this, in nats, carries something, and so does a unit of a plain code
/// whose variance over the images is larger than kUsedVariance. `latent doctor` counts these: a
/// short training has used latents before they are active.
constexpr double kUsedNats = 0.01;
constexpr double kUsedVariance = 1e-8;

/// Returns the KL divergence of each latent of each image to N(0, 1): [B, Z] float64 nats on the
/// CPU; undefined if the latents have no posterior.
Tensor posterior_kl(const Latent& latent);

/// The spread of the codes of a split, taken in batch by batch. All [Z] float64 on the CPU.
class CodeSpread {
 public:
  void add(const Latent& latent);

  /// Returns the sums so far as one tensor, [5, Z]: the count, sums, squares, lowest, highest;
  /// undefined if nothing was added.
  Tensor packed() const;
  /// Adds what another spread has packed.
  void add_packed(const Tensor& packed);

  int64_t count() const { return count_; }
  /// Returns each latent's variance over the images.
  Tensor variance() const;
  /// Returns the number of latents whose variance exceeds kActiveVariance.
  int64_t active_units() const;
  // The box of the codes.
  const Tensor& low() const { return low_; }
  const Tensor& high() const { return high_; }

 private:
  int64_t count_ = 0;
  Tensor sum_, squares_, low_, high_;
};

}  // namespace latent
