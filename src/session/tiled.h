// A network for images of one size at work on a larger one: piece by piece.
#pragma once

#include <functional>

#include "core/tensor.h"

namespace latent {

/// Cuts an image into tiles of height x width that overlap by half, applies `work` to all of them
/// ([N, C, height, width] to the same), and blends the results, each counting most in its middle.
///
/// image: [1, C, H, W]; sides shorter than a tile's are prolonged by their last pixel.  Returns
/// [1, C, H, W].
Tensor by_tiles(const Tensor& image, int64_t height, int64_t width,
                const std::function<Tensor(const Tensor&)>& work);

}  // namespace latent
