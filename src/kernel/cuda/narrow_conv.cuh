#pragma once

namespace latent::kernel::cuda {

// What the two passes of a convolution to one or three channels share: 3x3 weights, and tiles of
// 32 columns with a border of one pixel.
constexpr int kTaps = 9;
constexpr int kTileWidth = 32;
constexpr int kHaloWidth = kTileWidth + 2;

inline int tiles(int size, int tile) { return (size + tile - 1) / tile; }

}  // namespace latent::kernel::cuda
