#include <ATen/core/CachingHostAllocator.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include "core/device/cuda/tools.h"

namespace latent::cuda {
namespace {

// Makes all further work on `later` wait for the work that is already on `earlier`.
void follow(const c10::cuda::CUDAStream& later, const c10::cuda::CUDAStream& earlier) {
  c10::cuda::CUDAEvent event;
  event.record(earlier);
  event.block(later);
}

// Gives a generator a fresh state with its old seed: after a failed capture it still believes that
// it is recorded.
void renew(at::Generator generator, const c10::Device& device) {
  at::Generator fresh = at::cuda::detail::createCUDAGenerator(device.index());
  fresh.set_current_seed(generator.current_seed());
  generator.graphsafe_set_state(fresh);
}

template <class Call>
void try_to(Call call) {
  try {
    call();
  } catch (const std::exception&) {  // while cleaning up: the reason is already known
  }
}

class CudaGraph : public DeviceGraph {
 public:
  explicit CudaGraph(const c10::Device& device)
      : device_(device), aside_(c10::cuda::getStreamFromPool(false, device.index())) {}

  void run(const std::function<void()>& work) override {
    const auto current = c10::cuda::getCurrentCUDAStream(device_.index());
    follow(aside_, current);
    {
      const c10::cuda::CUDAStreamGuard guard(aside_);
      work();
    }
    follow(current, aside_);
  }

  void capture(const std::function<void()>& work,
               const std::vector<at::Generator>& generators) override {
    const c10::cuda::CUDAStreamGuard guard(aside_);
    // No stream may have work in progress, and memory that the first runs freed becomes available
    // to the graph.
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
    const auto pool = at::cuda::graph_pool_handle();
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    for (const auto& generator : generators)
      graph->register_generator_state(generator);
    try {
      graph->capture_begin(pool);
      work();
      graph->capture_end();
    } catch (const std::exception&) {
      abandon(*graph, pool, generators);
      throw;
    }
    graph_ = std::move(graph);
  }

  void replay() override { graph_->replay(); }

 private:
  void abandon(at::cuda::CUDAGraph& graph, const c10::MempoolId_t& pool,
               const std::vector<at::Generator>& generators) {
    try_to([&] { graph.capture_end(); });
    // Throws if capture_end has ended it already; the graph then frees its memory itself.
    try_to([&] {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device_.index(), pool);
      c10::cuda::CUDACachingAllocator::releasePool(device_.index(), pool);
    });
    try_to([&] {
      at::getHostAllocator(at::kCUDA)->end_allocate_to_pool(pool);
      at::getHostAllocator(at::kCUDA)->release_pool(pool);
    });
    static_cast<void>(cudaGetLastError());  // otherwise the next operation would report it
    for (const auto& generator : generators)
      try_to([&] { renew(generator, device_); });
    try_to([&] { renew(at::cuda::detail::getDefaultCUDAGenerator(device_.index()), device_); });
  }

  c10::Device device_;
  c10::cuda::CUDAStream aside_;
  std::unique_ptr<at::cuda::CUDAGraph> graph_;
};

}  // namespace

std::unique_ptr<DeviceGraph> make_graph(const c10::Device& device) {
  return std::make_unique<CudaGraph>(device);
}

}  // namespace latent::cuda
