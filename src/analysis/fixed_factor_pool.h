// Images that share the value of a factor, encoded once, for the scores that hold a factor fixed.
#pragma once

#include "analysis/chosen_factors.h"
#include "session/opened_run.h"
#include "space/disentanglement/fixed_factor.h"

namespace latent {

struct FixedFactorPool {
  Tensor codes;   // [M, Z] float64
  Tensor values;  // [M, K] float64, as ChosenFactors::values
  space::FactorGroups groups;
};

/// Returns the codes of examples, [N, Z] float64 on the CPU.  rows: [N] int64.
Tensor codes_of_rows(const OpenedRun& run, const Examples& examples, const Tensor& rows,
                     bool quiet);

/// Whether the run's data set can draw images with any of the factors fixed.
bool can_render(const OpenedRun& run, const ChosenFactors& factors);

/// Draws images of each value of each factor, the other factors at random, and encodes them.
FixedFactorPool rendered_pool(const OpenedRun& run, const ChosenFactors& factors, uint64_t seed,
                              bool quiet);

/// Makes a pool of images of the split that are already encoded. codes: [N, Z] of factors.rows.
FixedFactorPool pool_of_examples(const ChosenFactors& factors, const Tensor& codes);

}  // namespace latent
