// Work on many independent items, on all threads the program may use.
#pragma once

#include <cstdint>
#include <functional>

namespace latent {

/// Calls work(begin, end) for pieces of at most `grain` items that together are 0, ..., count - 1.
///
/// For work without tensor operations, which would start threads of their own. (at::parallel_for
/// runs serially in a program built without OpenMP.) Each free thread takes the next piece, so
/// pieces may differ in cost. A call from within such work runs on the calling thread. The first
/// exception is rethrown once all threads are done.
void parallel_for(int64_t count, int64_t grain,
                  const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace latent
