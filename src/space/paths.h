// Paths from one point of the latent space to another.
#pragma once

#include <string>

#include "core/tensor.h"

namespace latent::space {

enum class Path {
  kLinear,
  kSlerp,
  kCells,  // of maps: places are replaced one after the other
};

/// Reads "linear", "slerp" or "cells". Throws Error naming them for anything else.
Path parse_path(const std::string& name);

/// Returns the straight line from a to b, both included exactly.
/// a, b: [Z].  steps >= 2.  Returns [steps, Z] float32.
Tensor linear(const Tensor& a, const Tensor& b, int64_t steps);

/// Returns the spherical interpolation: the direction turns evenly from that of a to that of b and
/// the length changes linearly, so that the path stays in the shell of the prior instead of cutting
/// through it.
///
/// Always finite. Vectors of the same direction, and the zero vector, which has none, are joined by
/// the straight line; opposite ones by a half circle through the axis in which a is smallest (in
/// one dimension by the line). a, b: [Z].  steps >= 2.  Returns [steps, Z] float32, both ends
/// exact. Source: Shoemake 1985; for latents White 2016, arXiv:1609.04468.
Tensor slerp(const Tensor& a, const Tensor& b, int64_t steps);

/// Returns a path from one map to another on which every place holds the one's latents or the
/// other's: they are replaced in an order that is scattered over the map and always the same.
/// a, b: [D * places].  steps >= 2.  Returns [steps, D * places] float32, both ends exact.
Tensor cells(const Tensor& a, const Tensor& b, int64_t steps, int64_t places);

/// Returns the path from each point to the next; it passes through each exactly and once.
/// points: [M, Z], M >= 2.  steps: points from one to the next, both included.  places: of a map,
/// for Path::kCells.
/// Returns [(M - 1) * (steps - 1) + 1, Z].
Tensor through(const Tensor& points, int64_t steps, Path path, int64_t places = 0);

/// Returns the patch between four corners: paths along the left and the right edge, then along
/// every row between them. corners: [4, Z]: top left, top right, bottom left, bottom right. Returns
/// [steps * steps, Z], row by row.
Tensor patch(const Tensor& corners, int64_t steps, Path path);

/// Returns whether no picture differs from the one before by more than rounding errors.
/// images: [F, C, H, W] in [0, 1], F >= 2.
bool is_still(const Tensor& images);

/// Returns how unevenly pictures change: the largest root mean squared change from one to the next,
/// divided by the mean. 1: perfectly even, or no change (is_still).
/// images: [F, C, H, W], F >= 2.
double unevenness(const Tensor& images);

}  // namespace latent::space
