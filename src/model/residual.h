// The layers that residual networks are built from.
#pragma once

#include <memory>
#include <vector>

#include "model/network.h"

namespace latent {

/// Makes a layer x + branch(x); the branch keeps the shape.
/// Source: He et al. 2016, Identity Mappings in Deep Residual Networks, arXiv:1603.05027.
std::shared_ptr<Layer> make_residual(std::shared_ptr<Network> branch);

/// Makes a layer x + attention(x) for maps [B, C, H, W]: each pixel gets a mean of all pixels'
/// values, weighted by the softmax of the products of its query with their keys, divided by the
/// root of C. norm: of what queries, keys and values are computed from; nullptr: x itself.
/// Source: Vaswani et al. 2017, arXiv:1706.03762, with one head; in images Zhang et al. 2019,
/// arXiv:1805.08318.
std::shared_ptr<Layer> make_attention(int64_t channels, std::shared_ptr<Layer> norm);

/// Makes a layer that halves a map, odd sizes rounded up: the mean of each 2x2 square, or of what
/// there is of it at the edge.
std::shared_ptr<Layer> make_mean_pool();

/// Makes a layer that enlarges a map to `size`, [height, width]: each pixel becomes that of the
/// map at the same relative place (nearest neighbour).
std::shared_ptr<Layer> make_enlarge(std::vector<int64_t> size);

}  // namespace latent
