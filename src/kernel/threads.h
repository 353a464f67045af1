// Runs work on the threads of LibTorch's pool.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>

namespace latent::kernel {

/// Returns the most threads that `on_threads` uses.
int most_threads();

/// Calls work(thread, begin, end) on every thread with its part of 0, ..., count - 1: equal parts
/// in the order of the threads, so that sums kept by thread are reproducible. Rethrows an
/// exception of one of them once all have ended.
void on_threads(int64_t count,
                const std::function<void(int thread, int64_t begin, int64_t end)>& work);

/// Hands out 0, ..., count - 1 in parts of `block` to threads as they become free, so that a core
/// that is busy with other programs delays nobody. For work whose results do not depend on the
/// thread.
class WorkQueue {
 public:
  WorkQueue(int64_t count, int64_t block) : count_(count), block_(block) {}

  /// Takes the next part, begin, ..., end - 1; returns false if there is none.
  bool take(int64_t& begin, int64_t& end) {
    begin = next_.fetch_add(block_);
    end = std::min(count_, begin + block_);
    return begin < count_;
  }

 private:
  int64_t count_, block_;
  std::atomic<int64_t> next_ = 0;
};

}  // namespace latent::kernel
