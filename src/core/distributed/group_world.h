// The world of several processes over a transport.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/distributed/watch.h"
#include "core/world.h"

namespace latent {

/// A World whose sums a transport makes, while a Watch sees to it that no process waits for one
/// that is gone: `sum` then throws Error with one line that names it.
class GroupWorld : public World {
 public:
  /// cpu: for tensors in the host's memory; those of a GPU go through it too.
  GroupWorld(const Launch& launch, std::unique_ptr<Adder> cpu, std::unique_ptr<Watch> watch);
  ~GroupWorld() override;

  int64_t rank() const override { return launch_.rank; }
  int64_t size() const override { return launch_.size; }
  void sum(Tensor values) const override;
  bool any(bool mine) const override;

  /// Sets what adds the tensors of a GPU from now on.
  void use_gpu(std::unique_ptr<Adder> gpu) { gpu_ = std::move(gpu); }
  /// Returns the seconds that this process spent in sums, the wait for slower processes included.
  double seconds() const { return seconds_; }
  /// Whether a sum failed or this process does: no further sum can be made.
  bool is_broken() const { return broken_; }
  /// Tells the others that this process ends with an error.
  void fail(const std::string& message);
  /// Waits until all processes are done. Call it once, after the last sum.
  void leave();

 private:
  void add(Adder& adder, const Tensor& values) const;

  Launch launch_;
  std::unique_ptr<Adder> cpu_, gpu_;
  std::unique_ptr<Watch> watch_;
  mutable bool broken_ = false;
  mutable double seconds_ = 0;
};

}  // namespace latent
