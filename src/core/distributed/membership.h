// This process's place among those that train one model together.
#pragma once

#include <c10/core/Device.h>

#include <memory>
#include <string>

#include "core/distributed/group_world.h"

namespace latent {

/// The world of this process, joined as its launcher says. One process loads and opens nothing.
class Membership {
 public:
  /// Joins the other processes: waits until all are there. Throws Error naming those that did not
  /// come in time, or what is wrong with the address.
  Membership(Launch launch, const Patience& patience);
  ~Membership();
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  const World& world() const;
  /// Returns the launch; the local rank is known.
  const Launch& launch() const { return launch_; }
  /// Returns how many of the processes are on this machine.
  int64_t local_size() const { return local_size_; }

  /// Returns the device called "auto", "cpu", "cuda" or "cuda:1", as parse_device does, but of
  /// several processes on this machine each gets a GPU of its own. Throws UsageError for "cuda:1"
  /// then.
  c10::Device device(const std::string& name, const std::string& where) const;
  /// Connects the GPUs, if there is one and the build has NCCL; else sums of GPU tensors go through
  /// the hosts' memories. All processes must call it, with devices of one kind.
  void connect(const c10::Device& device);
  /// Returns "rank 0 of 4 on node1 (torchrun), gloo at 127.0.0.1:29500".
  std::string text() const;

  /// Returns the seconds that this process spent in sums of all processes.
  double exchange_seconds() const { return world_ ? world_->seconds() : 0; }

  /// Tells the others that this process ends with an error. Does nothing alone.
  void fail(const std::string& message);
  /// Waits until all processes are done. Does nothing alone.
  void leave();
  /// Tells the others that this process fails, writes the error and ends the process: threads of
  /// LibTorch that wait for a lost process would keep it from ending as usual.
  [[noreturn]] void end_process(const std::string& message, int exit_code);

 private:
  Launch launch_;
  Patience patience_;
  int64_t local_size_ = 1;
  std::string host_, backend_ = "gloo";
  std::unique_ptr<Board> board_;  // before the world, which uses it to the end
  std::unique_ptr<GroupWorld> world_;
};

}  // namespace latent
