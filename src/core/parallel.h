// Work on many independent items, on all threads the program may use.
#pragma once

#include <cstdint>
#include <functional>

namespace latent {

/// Calls work(begin, end) for pieces of at most `grain` items that together are 0, ..., count - 1.
///
/// For code of ours: at::parallel_for runs serially in a program built without OpenMP, and tensor
/// operations inside the work would start threads of their own. The pieces go to whichever thread
/// is free, so they may differ in cost. Called from within such work it runs on the calling thread.
/// The first exception is rethrown when all threads are done.
void parallel_for(int64_t count, int64_t grain,
                  const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace latent
