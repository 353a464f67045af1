#include "core/device/device_tools.h"

#include <c10/core/CachingDeviceAllocator.h>

#include <limits>

#include "core/device/cuda_table.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/module.h"

namespace latent {
namespace {

const CudaTable* load() {
#if LATENT_CUDA
  void* symbol = module_symbol(kCudaModule, kCudaTableSymbol, "CUDA tools",
                               "is LibTorch the one this program was built with?");
  return reinterpret_cast<const CudaTable* (*)()>(symbol)();
#else
  throw Error("CUDA tools: this build has none; rebuild where CUDA's headers are (CUDA_HOME)");
#endif
}

// Returns the functions of the CUDA library, or nullptr after one warning if it cannot be loaded.
const CudaTable* cuda_table() {
  static const CudaTable* const table = []() -> const CudaTable* {
    try {
      return load();
    } catch (const Error& failure) {
      log::warn("training without CUDA graphs: {}", failure.what());
      return nullptr;
    }
  }();
  return table;
}

}  // namespace

DeviceTools device_tools(const c10::Device& device) {
  const CudaTable* table = device.is_cuda() ? cuda_table() : nullptr;
  if (table == nullptr) return {};
  return {.make_graph = [table, device] { return table->make_graph(device); },
          .make_feed = [table, device](
                           c10::IntArrayRef sizes,
                           at::ScalarType type) { return table->make_feed(device, sizes, type); }};
}

int64_t room_for_images(const c10::Device& device) {
  if (!device.is_cuda()) return std::numeric_limits<int64_t>::max();
  const auto [free, total] = at::getDeviceAllocator(device.type())->getMemoryInfo(device.index());
  return static_cast<int64_t>(free / 2);
}

int64_t peak_device_bytes(const c10::Device& device) {
  if (!device.is_cuda()) return 0;
  const auto stats = at::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return stats.allocated_bytes[kAll].peak;
}

std::string device_name(const c10::Device& device) {
  const CudaTable* table = device.is_cuda() ? cuda_table() : nullptr;
  return table == nullptr ? "" : table->name(device);
}

}  // namespace latent
