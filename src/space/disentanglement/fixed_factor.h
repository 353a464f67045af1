// Draws of images that share the value of one factor, for the FactorVAE and the beta-VAE score.
#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace latent::space {

/// Images that share a factor's value: of each factor and each of its values, the rows [n] int64 of
/// a pool of codes. Values of fewer than two images are not among them.
using FactorGroups = std::vector<std::vector<Tensor>>;

/// Returns the rows by value.  factors: [M, K] int64 >= 0.
FactorGroups group_by_value(const Tensor& factors);

/// Draws that are learned from and tested on, each of one fixed factor.
struct FixedFactorDraws {
  struct Set {
    Tensor factor;         // [V] int64: the fixed one
    Tensor rows;           // [V, L]: images of one value of it
    Tensor first, second;  // [V, L]: pairs, each of one value of it
  };
  Set learned, tested;
};

/// The numbers of disentanglement_lib.
struct DrawOptions {
  int64_t images = 64;                       // L, of a draw
  int64_t learned = 10'000, tested = 5'000;  // V
};

/// Draws factors uniformly, then a value, by the number of its images, then images of it: different
/// ones as long as there are.
/// groups: of at least one factor with a value. Factors without any are not drawn.
FixedFactorDraws draw_fixed_factors(const FactorGroups& groups, at::Generator noise,
                                    const DrawOptions& options = {});

}  // namespace latent::space
