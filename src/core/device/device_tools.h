// Tools that need a GPU's own libraries: work recorded as a graph, and copies beside other work.
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
  /// Runs the work now, one operation at a time, on the stream it will be recorded on. Call it a
  /// few times before `capture`: libraries set up memory and plans in their first runs.
  virtual void run(const std::function<void()>& work) = 0;
  /// Records the work without running it. generators: those that the work draws from, beside the
  /// device's default one; each may be seeded again before a replay.
  /// Rethrows the exception that stopped the recording; the generators then are as before, and the
  /// work can still run.
  virtual void capture(const std::function<void()>& work,
                       const std::vector<at::Generator>& generators) = 0;
  virtual void replay() = 0;
};

/// Copies batches from the host to the device beside the device's work: one batch is sent ahead
/// while another is used.
class HostFeed {
 public:
  virtual ~HostFeed() = default;
  /// Returns page-locked memory for the next batch. Waits until its previous contents are copied.
  virtual Tensor stage() = 0;
  /// Starts to copy the staged batch.
  virtual void send() = 0;
  /// Lets the device copy the batch sent first into `target` once it has arrived.
  virtual void receive(Tensor target) = 0;
};

/// Functions that make both; empty if the device has none.
struct DeviceTools {
  std::function<std::unique_ptr<DeviceGraph>()> make_graph;
  std::function<std::unique_ptr<HostFeed>(c10::IntArrayRef sizes, at::ScalarType type)> make_feed;

  /// Returns a graph if it is wanted and available, else nullptr.
  std::unique_ptr<DeviceGraph> graph(bool is_wanted) const {
    return is_wanted && make_graph ? make_graph() : nullptr;
  }
};

/// Returns the tools of a GPU, or none for the CPU. Warns if those of a GPU cannot be loaded.
DeviceTools device_tools(const c10::Device& device);

/// Returns how many bytes of the device's memory the training images may take: half of what is free
/// now; unlimited on the CPU.
int64_t room_for_images(const c10::Device& device);

/// Returns the most bytes of a GPU's memory that tensors took since the start; 0 for the CPU.
int64_t peak_device_bytes(const c10::Device& device);

/// Returns "NVIDIA H200", or "" if it is unknown.
std::string device_name(const c10::Device& device);

}  // namespace latent
