// Repeated work, recorded on a GPU after some rounds and then replayed as one CUDA graph.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/device/device_tools.h"

namespace latent {

/// Runs work operation by operation for a few rounds, then records and replays it.
///
/// The first rounds count like all others, so there is nothing to undo: after them libraries have
/// allocated their memory and made their plans. Recording itself runs nothing. If it fails, the
/// reason is kept in `failure`, and the work continues operation by operation.
class GraphReplay {
 public:
  static constexpr int64_t kWarmUp = 3;

  /// work: reads and writes the same tensors each time.  generators: those it draws from, besides
  /// the device's default one.  graph: nullptr to never record.
  GraphReplay(std::function<void()> work, std::vector<at::Generator> generators,
              std::unique_ptr<DeviceGraph> graph);

  /// Runs one round.
  void run();

  /// Whether there is a graph, recorded or to be recorded; false after a failure.
  bool has_graph() const { return graph_ != nullptr; }
  bool recorded() const { return recorded_; }
  /// Returns the reason why recording failed, in one line, or "".
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
