// Two directions through the latent space: where a chart looks from, and the way back.
#pragma once

#include <string>

#include "core/tensor.h"

namespace latent::space {

struct Projection {
  Tensor origin;         // [Z] float64: where latents stay that the plane does not show
  Tensor axes;           // [2, Z] float64, orthonormal
  std::string names[2];  // of the axes

  /// Coordinates of latents [N, Z]: [N, 2] float64. Latents with a standard normal prior have
  /// coordinates with one.
  Tensor coordinates(const Tensor& z) const;
  /// The latents at points [N, 2] of the plane: [N, Z] float32.
  Tensor unproject(const Tensor& points) const;
};

/// Latents `first` and `second` of codes [N, Z]; the others stay at their mean.
Projection latent_projection(const Tensor& codes, int64_t first, int64_t second);

/// The two directions of largest variance of codes [N, Z], N > 1, Z > 1; the axes' names tell their
/// share of the variance, and each direction's largest element is positive.
/// Source: Pearson 1901.
Projection principal_projection(const Tensor& codes);

}  // namespace latent::space
