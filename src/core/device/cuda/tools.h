// The parts of latent_cuda.so: the only files that include CUDA's headers.
#pragma once

#include "core/device/device_tools.h"

namespace latent::cuda {

std::unique_ptr<DeviceGraph> make_graph(const c10::Device& device);
std::unique_ptr<HostFeed> make_feed(const c10::Device& device, c10::IntArrayRef sizes,
                                    at::ScalarType type);

}  // namespace latent::cuda
