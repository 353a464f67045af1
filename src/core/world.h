// The processes that train one model together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent {

/// What a process knows of the others. Every process makes the same calls in the same order; each
/// call waits for the others'.
class World {
 public:
  virtual ~World() = default;
  virtual int64_t rank() const = 0;  // from 0
  virtual int64_t size() const = 0;
  /// Adds up each element of the processes' tensors, in place: all get the same sums, bit for bit.
  virtual void sum(Tensor values) const = 0;
  /// Returns whether `mine` is true in any of them.
  virtual bool any(bool mine) const = 0;

  /// Returns the value of the process that leads, so that all decide alike.
  double of_leader(double mine) const;
  /// Returns the texts of all processes, by rank.
  std::vector<std::string> gather(const std::string& mine) const;
  /// Runs `work` in the process that leads, while the others wait for it. If it throws, throws
  /// there what it threw, and Error in the others.
  void lead(const std::function<void()>& work) const;

  /// Whether this process writes files and logs for all.
  bool leads() const { return rank() == 0; }
  bool is_alone() const { return size() == 1; }
};

/// Returns the world of one process.
const World& alone();

}  // namespace latent
