// Where new latents come from: the prior, the training images' own latents, or a grid over both.
#pragma once

#include <ATen/core/Generator.h>

#include "core/tensor.h"

namespace latent::space {

/// Standard normal latents times `spread`: [count, dimensions] float32.
Tensor sample_prior(int64_t count, int64_t dimensions, double spread, at::Generator& generator);

/// Latents uniform in the box around codes [N, Z], the box scaled by `spread` about its middle:
/// [count, Z].  Source: Foster 2023, chapter 3, for plain autoencoders.
Tensor sample_box(const Tensor& codes, int64_t count, double spread, at::Generator& generator);

/// Points of the box from `low` to `high`, [Z] each. unit: [N, Z], -1 at `low` and 1 at `high`.
Tensor in_box(const Tensor& unit, const Tensor& low, const Tensor& high);

/// Latents of images drawn at random, each from its posterior with deviations times `spread`: the
/// aggregate posterior.  mean, logvar: [N, Z]; without logvar the means themselves.  [count, Z].
Tensor sample_posterior(const Tensor& mean, const Tensor& logvar, int64_t count, double spread,
                        at::Generator& generator);

/// One latent for each image, from its posterior: [N, Z]; without logvar the means.
Tensor sample_each(const Tensor& mean, const Tensor& logvar, at::Generator& generator);

/// side x side latents of two dimensions, row by row from the top left: each axis in steps of equal
/// probability under the prior, at the middle of each step, so that the outer ring is finite.
/// [side * side, 2].  Source: Kingma and Welling 2013, arXiv:1312.6114, appendix A.
Tensor normal_grid(int64_t side);

/// The same in equal steps through the box of codes [N, 2] between their 1% and 99% quantiles.
Tensor box_grid(const Tensor& codes, int64_t side);

}  // namespace latent::space
