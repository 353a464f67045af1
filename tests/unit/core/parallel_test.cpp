// Work on several threads: each item once, and exceptions.
#include "core/parallel.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Parallel, DoesEveryItemOnce) {
  for (const int64_t count : {0, 1, 7, 8, 9, 1000}) {
    std::vector<std::atomic<int>> done(static_cast<size_t>(count));
    parallel_for(count, 8, [&](int64_t begin, int64_t end) {
      EXPECT_LT(begin, end);
      for (int64_t i = begin; i < end; ++i)
        ++done[static_cast<size_t>(i)];
    });
    for (const auto& times : done)
      EXPECT_EQ(times, 1);
  }
}

TEST(Parallel, UsesSeveralThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  std::set<std::thread::id> seen;
  std::mutex mutex;
  std::atomic<int> started = 0;
  parallel_for(2, 1, [&](int64_t, int64_t) {
    ++started;
    while (started < 2)  // hangs if one thread does both
      std::this_thread::yield();
    const std::lock_guard guard(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 2U);
  at::set_num_threads(before);
}

TEST(Parallel, NestsOnTheSameThread) {
  parallel_for(4, 1, [&](int64_t, int64_t) {
    const auto outer = std::this_thread::get_id();
    parallel_for(100, 1, [&](int64_t, int64_t) { EXPECT_EQ(std::this_thread::get_id(), outer); });
  });
}

TEST(Parallel, PassesOnTheFirstException) {
  expect_error([] { parallel_for(100, 1, [](int64_t, int64_t) { throw Error("this one"); }); },
               "this one");
}

}  // namespace
}  // namespace latent
