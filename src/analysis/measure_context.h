// What the measures of a run are made from.
#pragma once

#include "measure/measure.h"
#include "session/opened_run.h"

namespace latent {

/// examples: of the split to measure, `split`. The run and the examples must outlive what is
/// returned.
MeasureContext measure_context(const OpenedRun& run, const Examples& examples, uint64_t seed,
                               bool quiet, Split split = Split::kTest);

}  // namespace latent
