// A validation set carved out of the training images by a seeded draw.
#pragma once

#include <string>

#include "core/tensor.h"

namespace latent {

/// The two parts of a carved set: indices, ascending, [K] int64 each; together every index once.
struct CarvedSplit {
  Tensor train;
  Tensor validation;
};

/// Draws round(fraction * count) of `count` images, at least one on either side, from
/// Stream::kSplit of `seed`. Needs 0 < fraction < 1 and count >= 2; `where` names the key in the
/// Error thrown for fewer images.
CarvedSplit carve(int64_t count, double fraction, uint64_t seed, const std::string& where);

}  // namespace latent
