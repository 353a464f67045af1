// The threads that serve connections: as many as are needed, up to a limit.
#pragma once

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace latent::explore {

class Crew : public httplib::TaskQueue {
 public:
  /// Takes a connection. Where too many wait already, calls it at once on this thread with
  /// `refusing` set: it must close its connection without reading.
  void enqueue(std::function<void()> connection) override;
  /// Waits for all connections.
  void shutdown() override;

  /// Whether connections wait for a thread.
  bool crowded() const { return waiting_count_ > 0; }
  bool ending() const { return ending_; }
  static bool refusing();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  std::atomic<size_t> waiting_count_{0};
  std::atomic<bool> ending_{false};
};

}  // namespace latent::explore
