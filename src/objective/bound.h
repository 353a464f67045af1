// The bounds on log p(x) that training can maximise.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "model/autoencoder.h"

namespace latent {

/// A bound that weighs several latents of each image; nothing for the usual one, whose parts are
/// the likelihood and the KL divergence.
class Bound {
 public:
  virtual ~Bound() = default;
  /// Returns how many latents each image is decoded from.
  virtual int64_t samples() const = 0;
  /// Returns minus the bound, averaged over the images, in nats: a scalar. Its gradient is that
  /// which training follows.
  /// nll: -log p(x|z), [K * B], all images' first latents before all second ones, as in
  /// `latent.z`.
  virtual Tensor negative(const Tensor& nll, const Latent& latent) const = 0;
};

struct BoundRow {
  std::string name;
  std::string summary;
  /// Whether `kl` stands beside it; false if the bound contains the KL divergence.
  bool beside_kl;
  std::function<std::shared_ptr<const Bound>(Section&)> configure;  // nullptr: the usual bound
};

const Registry<BoundRow>& bounds();

/// Returns the first latent of each image and its decoded image. samples: K of a pass that decoded
/// K latents of each image.
Output first_sample(const Output& output, int64_t samples);

}  // namespace latent
