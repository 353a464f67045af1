// Draws latents from the training latents or on a grid.
#pragma once

#include <ATen/core/Generator.h>

#include "model/bottleneck.h"

namespace latent::space {

/// Draws latents uniformly in the box around codes [N, Z], scaled by `spread` about its middle:
/// [count, Z].  Source: Foster 2023, chapter 3, for plain autoencoders.
Tensor sample_box(const Tensor& codes, int64_t count, double spread, at::Generator& generator);

/// Maps points of the unit box to the box from `low` to `high`, [Z] each. unit: [N, Z]; -1 becomes
/// `low` and 1 `high`.
Tensor in_box(const Tensor& unit, const Tensor& low, const Tensor& high);

/// Draws images at random and a latent from the posterior of each, its deviation times `spread`:
/// the aggregate posterior. codes: rows [N, Z]; without a posterior the codes themselves.  Returns
/// [count, Z].
Tensor sample_posterior(const Latent& codes, int64_t count, double spread,
                        at::Generator& generator);

/// Draws one latent for each image from its posterior: [N, Z]; without one returns the codes.
Tensor sample_each(const Latent& codes, at::Generator& generator);

/// Returns side x side latents of two dimensions, row by row from the top left: each axis in steps
/// of equal probability under the prior, at the middle of each step, so that the outer ring is
/// finite. [side * side, 2].  Source: Kingma and Welling 2013, arXiv:1312.6114, appendix A.
Tensor normal_grid(int64_t side);

/// Returns side x side latents as normal_grid, but in equal steps through the box of codes [N, 2]
/// between their 1% and 99% quantiles.
Tensor box_grid(const Tensor& codes, int64_t side);

}  // namespace latent::space
