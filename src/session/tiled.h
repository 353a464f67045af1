// Applies a network for images of one size to a larger image, piece by piece.
#pragma once

#include <functional>

#include "core/tensor.h"

namespace latent {

/// Cuts an image into tiles of height x width that overlap by half, applies `work` to all of them
/// ([N, C, height, width] to the same shape), and blends the results, with the largest weight in
/// the middle of each tile.
///
/// image: [1, C, H, W]; a side shorter than that of a tile is extended by its last pixel.  Returns
/// [1, C, H, W].
Tensor by_tiles(const Tensor& image, int64_t height, int64_t width,
                const std::function<Tensor(const Tensor&)>& work);

}  // namespace latent
