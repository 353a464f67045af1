// The interface between the program and latent_cuda.so, which is loaded if there is a GPU: one
// function that returns one table.
#pragma once

#include "core/device/device_tools.h"

namespace latent {

struct CudaTable {
  std::unique_ptr<DeviceGraph> (*make_graph)(const c10::Device& device);
  std::unique_ptr<HostFeed> (*make_feed)(const c10::Device& device, c10::IntArrayRef sizes,
                                         at::ScalarType type);
  std::string (*name)(const c10::Device& device);
};

constexpr const char* kCudaModule = "latent_cuda.so";
/// The name under which it exports `const CudaTable* latent_cuda_table()`.
constexpr const char* kCudaTableSymbol = "latent_cuda_table";

}  // namespace latent
