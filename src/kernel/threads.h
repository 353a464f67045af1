// Work on the threads of LibTorch's pool.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>

namespace latent::kernel {

/// How many threads `on_threads` uses at most.
int most_threads();

/// Calls work(thread, begin, end) on every thread with its part of 0, ..., count - 1: equal parts
/// in the order of the threads, so that sums kept by thread are the same each time. Throws what
/// one of them has thrown, when all have ended.
void on_threads(int64_t count,
                const std::function<void(int thread, int64_t begin, int64_t end)>& work);

/// 0, ..., count - 1 in parts of `block` that each thread takes when it is free, for work whose
/// results do not depend on who does it: a core that others use as well then holds nobody up.
class WorkQueue {
 public:
  WorkQueue(int64_t count, int64_t block) : count_(count), block_(block) {}

  /// Whether there was a part left: begin, ..., end - 1.
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
