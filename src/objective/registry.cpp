#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

// clang-format off
// A line a likelihood; its file defines configure_NAME_likelihood.
#define LIKELIHOODS(row)                                                 \
  row(bernoulli, "binary cross-entropy on logits, for pixels in [0, 1]") \
  row(gaussian, "squared error; sigma fixed, learned or optimal")        \
  row(laplace, "absolute error")
// clang-format on

// clang-format off
// A line a penalty; its file defines configure_NAME_penalty. Whether it is part of every objective
// whose bottleneck has a prior; what it is.
#define PENALTIES(row)                                                                         \
  row(kl, true, "KL divergence to the standard normal prior; weight is beta")                  \
  row(sparsity_l1, false, "sum of |a| over the code: few units per image")                     \
  row(sparsity_kl, false, "draws each unit's mean activation to a target; for a sigmoid code")
// clang-format on

#define DECLARE(name, ...) LikelihoodMaker configure_##name##_likelihood(Section&);
LIKELIHOODS(DECLARE)
#undef DECLARE
#define DECLARE(name, ...) PenaltyMaker configure_##name##_penalty(Section&);
PENALTIES(DECLARE)
#undef DECLARE

const Registry<LikelihoodRow>& likelihoods() {
#define ROW(name, summary) {#name, summary, configure_##name##_likelihood},
  static const Registry<LikelihoodRow> registry("likelihood", {LIKELIHOODS(ROW)});
#undef ROW
  return registry;
}

const Registry<PenaltyRow>& penalties() {
#define ROW(name, implied, summary) {#name, summary, implied, configure_##name##_penalty},
  static const Registry<PenaltyRow> registry("penalty", {PENALTIES(ROW)});
#undef ROW
  return registry;
}

}  // namespace latent
