// How much a model uses each of its latents.
#pragma once

#include <vector>

#include "model/bottleneck.h"

namespace latent::space {

/// Returns KL(q(z|x) || N(0, 1)) of each latent, the mean over the images: [Z] float64, nats.
/// codes: rows [N, Z] with a posterior.
Tensor kl_per_latent(const Latent& codes);

/// Returns how much each latent is used: its KL in nats, or for codes without a posterior (of a
/// plain autoencoder) its variance over the images. [Z] float64.
Tensor usage(const Latent& codes);

/// Returns the indices of the latents, the most used first; equally used ones keep their order.
std::vector<int64_t> most_used_first(const Tensor& usage);

}  // namespace latent::space
