// Work that is repeated: recorded on a GPU after some rounds, then replayed as one CUDA graph.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/device/device_tools.h"

namespace latent {

/// The first rounds run operation by operation and count like all others, so that there is nothing
/// to undo: by then libraries have their memory and plans. Recording itself runs nothing. What
/// stops it is kept in `failure`, and the work goes on as it began.
class GraphReplay {
 public:
  static constexpr int64_t kWarmUp = 3;

  /// work: reads and writes the same tensors each time.  generators: those it draws from, beside
  /// the device's default one.  graph: nullptr to run operation by operation for good.
  GraphReplay(std::function<void()> work, std::vector<at::Generator> generators,
              std::unique_ptr<DeviceGraph> graph);

  /// One round.
  void run();

  /// Whether there is a graph, recorded or still to be; none after a failure.
  bool has_graph() const { return graph_ != nullptr; }
  bool recorded() const { return recorded_; }
  /// One line; "" if nothing went wrong.
  const std::string& failure() const { return failure_; }

 private:
  void record();

  std::function<void()> work_;
  std::vector<at::Generator> generators_;
  std::unique_ptr<DeviceGraph> graph_;
  int64_t rounds_ = 0;
  bool recorded_ = false;
  std::string failure_;
};

}  // namespace latent
