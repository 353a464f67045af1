#include "session/for_each_batch.h"

#include <algorithm>

#include "core/progress.h"
#include "core/stopwatch.h"
#include "train/evaluation.h"

namespace latent {

void for_each_batch(int64_t total, const std::string& label, bool quiet,
                    const std::function<void(int64_t first, int64_t count)>& work) {
  ProgressBar bar(quiet);
  const Stopwatch watch;
  for (int64_t first = 0; first < total; first += kEvaluationBatch) {
    const int64_t count = std::min(kEvaluationBatch, total - first);
    work(first, count);
    if (bar.due(first + count, total)) bar.show(label, first + count, total, watch.seconds());
  }
}

}  // namespace latent
