#include <ATen/cuda/CUDAContext.h>

#include "core/device/cuda/tools.h"
#include "core/device/cuda_table.h"

namespace {

std::string name(const c10::Device& device) {
  return at::cuda::getDeviceProperties(device.index())->name;
}

}  // namespace

extern "C" const latent::CudaTable* latent_cuda_table() {
  static const latent::CudaTable table{latent::cuda::make_graph, latent::cuda::make_feed, name};
  return &table;
}
