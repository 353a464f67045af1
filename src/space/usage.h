// How much a model uses each of its latents.
#pragma once

#include <vector>

#include "model/bottleneck.h"

namespace latent::space {

/// KL(q(z|x) || N(0, 1)) of each latent, the mean over the images: [Z] float64, nats.
/// codes: mean and logvar [N, Z].
Tensor kl_per_latent(const Latent& codes);

/// How much each latent carries: its KL in nats, or for codes without a log-variance (a plain
/// autoencoder's) the variance of its mean over the images. [Z] float64.
Tensor usage(const Latent& codes);

/// The latents' indices, the most used first; equals keep their order.
std::vector<int64_t> most_used_first(const Tensor& usage);

}  // namespace latent::space
