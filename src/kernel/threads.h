// Work on the threads of LibTorch's pool.
#pragma once

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

}  // namespace latent::kernel
