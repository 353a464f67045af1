#include <ATen/ATen.h>
#include <c10/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <array>

#include "core/device/cuda/tools.h"

namespace latent::cuda {
namespace {

// Uses two slots in turn, so that one is filled while the other is read.
class CudaFeed : public HostFeed {
 public:
  CudaFeed(const c10::Device& device, c10::IntArrayRef sizes, at::ScalarType type)
      : device_(device), aside_(c10::cuda::getStreamFromPool(false, device.index())) {
    for (auto& slot : slots_) {
      slot.host = at::empty(sizes, at::TensorOptions(type).pinned_memory(true));
      slot.device = at::empty(sizes, at::TensorOptions(device).dtype(type));
    }
    c10::cuda::device_synchronize();  // their memory may have had other uses on another stream
  }

  Tensor stage() override {
    Slot& slot = slots_[sent_ % 2];
    slot.arrived.synchronize();
    return slot.host;
  }

  void send() override {
    Slot& slot = slots_[sent_++ % 2];
    slot.taken.block(aside_);
    {
      const c10::cuda::CUDAStreamGuard guard(aside_);
      slot.device.copy_(slot.host, /*non_blocking=*/true);
    }
    slot.arrived.record(aside_);
  }

  void receive(Tensor target) override {
    Slot& slot = slots_[received_++ % 2];
    const auto current = c10::cuda::getCurrentCUDAStream(device_.index());
    slot.arrived.block(current);
    target.copy_(slot.device, /*non_blocking=*/true);
    slot.taken.record(current);
  }

 private:
  struct Slot {
    Tensor host, device;
    c10::cuda::CUDAEvent arrived, taken;
  };

  c10::Device device_;
  c10::cuda::CUDAStream aside_;
  std::array<Slot, 2> slots_;
  size_t sent_ = 0, received_ = 0;
};

}  // namespace

std::unique_ptr<HostFeed> make_feed(const c10::Device& device, c10::IntArrayRef sizes,
                                    at::ScalarType type) {
  return std::make_unique<CudaFeed>(device, sizes, type);
}

}  // namespace latent::cuda
