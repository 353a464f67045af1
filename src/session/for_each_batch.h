// A loop over examples, batch by batch, with progress.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace latent {

/// Calls `work(first, count)` for consecutive batches of up to kEvaluationBatch of `total` examples
/// and shows a progress bar under `label` unless `quiet`.
void for_each_batch(int64_t total, const std::string& label, bool quiet,
                    const std::function<void(int64_t first, int64_t count)>& work);

}  // namespace latent
