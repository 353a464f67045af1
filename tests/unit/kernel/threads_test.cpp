#include "kernel/threads.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "unit/convolving.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(KernelThreads, RethrowFailures) {
  EXPECT_THROW(kernel::on_threads(8, [](int, int64_t, int64_t) { throw std::bad_alloc(); }),
               std::bad_alloc);
}

TEST(KernelThreads, EachItemIsTakenOnceInTheOrderOfTheThreads) {
  const LimitedThreads limited(3);
  std::vector<int> taken(10, 0);
  std::vector<int64_t> begins(3, 10);
  kernel::on_threads(10, [&](int thread, int64_t begin, int64_t end) {
    begins[static_cast<size_t>(thread)] = begin;
    for (int64_t i = begin; i < end; ++i)
      ++taken[static_cast<size_t>(i)];
  });
  EXPECT_EQ(taken, std::vector<int>(10, 1));
  EXPECT_TRUE(std::is_sorted(begins.begin(), begins.end()));
}

TEST(WorkQueue, HandsOutBlocksUntilNothingIsLeft) {
  kernel::WorkQueue queue(7, 3);
  std::vector<std::pair<int64_t, int64_t>> parts;
  for (int64_t begin = 0, end = 0; queue.take(begin, end);)
    parts.emplace_back(begin, end);
  EXPECT_EQ(parts, (std::vector<std::pair<int64_t, int64_t>>{{0, 3}, {3, 6}, {6, 7}}));
}

}  // namespace
}  // namespace latent
