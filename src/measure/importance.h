// The evidence of images under a model with latents, by importance sampling.
#pragma once

#include <ATen/core/Generator.h>

#include <functional>

#include "model/bottleneck.h"

namespace latent {

/// What importance sampling finds about B images.
struct Evidence {
  Tensor log_evidence;       // [B] float64: an estimate of log p(x), in nats, too low on average
  Tensor effective_samples;  // [B] float64: (sum of w)^2 / sum of w^2, from 1 to the samples
};

/// Estimates log p(x) = log E[p(x|z) p(z) / q(z)], z ~ q, with the prior N(0, 1), from `samples`
/// latents for each image. Sums in float64; its memory does not depend on the number of samples.
/// proposal: q, of B images.  log_likelihood: returns log p(x|z) of the B images, [B], of latents
/// [B, Z].  Source: Burda et al. 2016, arXiv:1509.00519, equation 8.
Evidence importance_sampled(const Posterior& proposal, int64_t samples, at::Generator noise,
                            const std::function<Tensor(const Tensor& z)>& log_likelihood);

}  // namespace latent
