// Splits by a seeded draw: a validation set held out of the training images, or a split for each
// name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/tensor.h"
#include "data/dataset.h"

namespace latent {

/// The two parts of a split set: indices, ascending, [K] int64 each; together every index once.
struct HoldOut {
  Tensor train;
  Tensor validation;
};

/// Draws round(fraction * count) of `count` images, at least one on either side, from
/// Stream::kSplit of `seed`. A single image is on both sides, with a warning. Needs
/// 0 < fraction < 1; `where` names the key in that warning and in the Error thrown for no images.
HoldOut hold_out(int64_t count, double fraction, uint64_t seed, const std::string& where);

/// Returns a number in [0, 1) that depends only on the seed and the name, so that a new file does
/// not move other files to another split. draw: selects another number for the same name.
double draw_for_name(std::string_view name, uint64_t seed, uint64_t draw = 0);

/// Returns the split of a file by its name: `validation` and `test` are the shares of these splits.
Split split_of_name(std::string_view name, double validation, double test, uint64_t seed);

}  // namespace latent
