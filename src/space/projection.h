// Projects latents onto a plane for charts, and points of the plane back to latents.
#pragma once

#include <string>

#include "core/tensor.h"

namespace latent::space {

/// A plane in the latent space.
struct Projection {
  Tensor origin;         // [Z] float64: latents that the plane does not show keep these values
  Tensor axes;           // [2, Z] float64, orthonormal
  std::string names[2];  // of the axes

  /// Returns the coordinates of latents [N, Z]: [N, 2] float64. If the prior of the latents is
  /// standard normal, so is that of the coordinates.
  Tensor coordinates(const Tensor& z) const;
  /// Returns the latents at points [N, 2] of the plane: [N, Z] float32.
  Tensor unproject(const Tensor& points) const;
};

/// Returns the plane of latents `first` and `second` of codes [N, Z]; the others stay at their
/// mean.
Projection latent_projection(const Tensor& codes, int64_t first, int64_t second);

/// Returns the plane of the two directions of largest variance of codes [N, Z], N > 1, Z > 1. The
/// names of the axes give their shares of the variance; the element of largest magnitude of each
/// direction is positive.
/// Source: Pearson 1901.
Projection principal_projection(const Tensor& codes);

}  // namespace latent::space
