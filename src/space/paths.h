// Ways from one point of the latent space to another.
#pragma once

#include <string>

#include "core/tensor.h"

namespace latent::space {

enum class Path { kLinear, kSlerp };

/// "linear" or "slerp". Throws UsageError naming both for anything else.
Path parse_path(const std::string& name);

/// The straight line from a to b, both included exactly.
/// a, b: [Z].  steps >= 2.  Returns [steps, Z] float32.
Tensor linear(const Tensor& a, const Tensor& b, int64_t steps);

/// Spherical interpolation: the direction queue evenly from a's to b's, the length goes linearly
/// from one to the other, so that the path keeps to the shell of the prior instead of cutting
/// through it.
///
/// Always finite. Vectors of one direction, and the zero vector, which has none, are joined by the
/// straight line; opposite ones by a half circle over the axis that a has least of (in one
/// dimension by the line).
/// a, b: [Z].  steps >= 2.  Returns [steps, Z] float32, both ends exact.
/// Source: Shoemake 1985; for latents White 2016, arXiv:1609.04468.
Tensor slerp(const Tensor& a, const Tensor& b, int64_t steps);

/// From each point to the next; each is met exactly and once.
/// points: [M, Z], M >= 2.  steps: points from one to the next, both included.
/// Returns [(M - 1) * (steps - 1) + 1, Z].
Tensor through(const Tensor& points, int64_t steps, Path path);

/// The patch between four corners: the left and the right edge, then every row between them.
/// corners: [4, Z]: top left, top right, bottom left, bottom right.
/// Returns [steps * steps, Z], row by row.
Tensor patch(const Tensor& corners, int64_t steps, Path path);

/// How evenly pictures follow each other: the largest root mean squared change from one to the
/// next over the mean of them all. 1: perfectly even, or no change at all.
/// images: [F, C, H, W], F >= 2.
double unevenness(const Tensor& images);

}  // namespace latent::space
