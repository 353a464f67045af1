// The KL divergence of latents from their prior, in parts that say what it is spent on.
#pragma once

#include "core/noise.h"
#include "model/bottleneck.h"

namespace latent::space {

/// KL = mutual information + total correlation + KL of each latent, in nats, each estimated from M
/// latents: [M] float64, whose means are the figures. Source: Chen et al. 2018, arXiv:1802.04942.
struct Information {
  Tensor mutual_information;  // log q(z|x) - log q(z): how much z says about which image it is
  Tensor total_correlation;   // log q(z) - sum of log q(z_j): how much the latents depend on others
  Tensor dimension_kl;        // sum of log q(z_j) - log p(z_j): how far each is from its prior
  Tensor kl;                  // log q(z|x) - log p(z), the sum of the three
};

/// Draws one latent z from each of the posteriors at `indices` and compares it with the mixture
/// q(z) of all posteriors, with nothing left out.
/// posteriors: [N, Z] on the CPU.  indices: [M] int64.
Information decompose(const Posterior& posteriors, const Tensor& indices, const Noise& noise);

}  // namespace latent::space
