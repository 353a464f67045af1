// What only a GPU's own libraries can do: work recorded as a graph, copies that run aside.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// Work that is recorded once and then replayed as a whole: a CUDA graph.
///
/// A replay repeats the same operations on the same memory: whatever changes between two replays
/// must be a tensor that is written, never a number or a new tensor.
class DeviceGraph {
 public:
  virtual ~DeviceGraph() = default;
  /// Runs the work now, an operation at a time, on the stream it will be recorded on. To be done
  /// some times first: libraries set up memory and plans in their first runs.
  virtual void run(const std::function<void()>& work) = 0;
  /// Records the work, which does not run. generators: those it draws from, beside the device's
  /// default one; each may be seeded anew before a replay.
  /// Throws what stopped it; the generators then are as they were, and the work can still run.
  virtual void capture(const std::function<void()>& work,
                       const std::vector<at::Generator>& generators) = 0;
  virtual void replay() = 0;
};

/// Batches on their way from the host to the device, beside the device's work. One is sent ahead
/// while another is used.
class HostFeed {
 public:
  virtual ~HostFeed() = default;
  /// Page-locked memory for the next batch. Waits until what it held before has left.
  virtual Tensor stage() = 0;
  /// Starts to copy what was staged.
  virtual void send() = 0;
  /// Lets the device copy the batch sent first into `target` once it has arrived.
  virtual void receive(Tensor target) = 0;
};

/// Makers of both, empty where there is no such thing.
struct DeviceTools {
  std::function<std::unique_ptr<DeviceGraph>()> make_graph;
  std::function<std::unique_ptr<HostFeed>(c10::IntArrayRef sizes, at::ScalarType type)> make_feed;

  /// A graph if it is wanted and there is such a thing, else nullptr.
  std::unique_ptr<DeviceGraph> graph(bool is_wanted) const {
    return is_wanted && make_graph ? make_graph() : nullptr;
  }
};

/// Those of a GPU; of the CPU, none. Where a GPU's cannot be loaded a warning says why.
DeviceTools device_tools(const c10::Device& device);

/// Bytes that the training images may take of the device's memory: half of what is free now; on
/// the CPU there is no limit.
int64_t room_for_images(const c10::Device& device);

/// The most bytes of a GPU's memory that tensors took since the start; 0 on the CPU.
int64_t peak_device_bytes(const c10::Device& device);

/// "NVIDIA H200", or "" if it cannot be told.
std::string device_name(const c10::Device& device);

}  // namespace latent
