// Compiled with LibTorch's own OpenMP library: a second pool of threads would compete for the
// cores.
#include "kernel/threads.h"

#ifdef _OPENMP
#include <omp.h>

#include <exception>
#endif

namespace latent::kernel {

#ifdef _OPENMP

int most_threads() { return omp_get_max_threads(); }

void on_threads(int64_t count,
                const std::function<void(int thread, int64_t begin, int64_t end)>& work) {
  std::exception_ptr failure;  // an exception must not leave a parallel region
#pragma omp parallel
  {
    const int threads = omp_get_num_threads(), thread = omp_get_thread_num();
    const int64_t begin = count * thread / threads, end = count * (thread + 1) / threads;
    try {
      if (begin < end) work(thread, begin, end);
    } catch (...) {
#pragma omp critical(latent_kernel_failure)
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

#else

int most_threads() { return 1; }

void on_threads(int64_t count,
                const std::function<void(int thread, int64_t begin, int64_t end)>& work) {
  if (count > 0) work(0, 0, count);
}

#endif

}  // namespace latent::kernel
