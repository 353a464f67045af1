// A small network for the tests of optimizers and their buffers.
#pragma once

#include <memory>

#include "core/random.h"
#include "model/network.h"

namespace latent {

/// A convolution and a dense layer, for images of 3x8x8.
inline std::shared_ptr<Network> make_network(uint64_t seed = 0) {
  auto network = std::make_shared<Network>();
  network->add("conv", make_conv(3, 4, 3, 2));
  network->add("flatten", make_flatten());
  network->add("dense", make_dense(64, 5));
  auto weights = generator(seed, Stream::kWeights);
  network->initialize(Initialization::kTorch, weights);
  return network;
}

}  // namespace latent
