#include "core/parallel.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace latent {
namespace {

thread_local bool inside = false;

}  // namespace

void parallel_for(int64_t count, int64_t grain,
                  const std::function<void(int64_t begin, int64_t end)>& work) {
  const int64_t pieces = (count + grain - 1) / grain;
  const int64_t threads = std::min<int64_t>(pieces, at::get_num_threads());
  if (inside || threads <= 1) {
    if (count > 0) work(0, count);
    return;
  }
  std::atomic<int64_t> next = 0;
  std::exception_ptr failure;
  std::mutex failing;
  const auto take_pieces = [&] {
    inside = true;
    try {
      for (int64_t piece = next++; piece < pieces; piece = next++)
        work(piece * grain, std::min(count, (piece + 1) * grain));
    } catch (...) {
      const std::lock_guard guard(failing);
      if (!failure) failure = std::current_exception();
      next = pieces;
    }
    inside = false;
  };
  std::vector<std::thread> others;
  try {
    for (int64_t i = 1; i < threads; ++i)
      others.emplace_back(take_pieces);
  } catch (const std::system_error&) {  // fewer threads do the same work, only slower
  }
  take_pieces();
  for (auto& other : others)
    other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace latent
