// The tables of likelihoods and penalties. To add one: write its file with a `configure_..`
// function, declare that function here, and add a row.
#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

LikelihoodMaker configure_bernoulli_likelihood(Section& section);
LikelihoodMaker configure_gaussian_likelihood(Section& section);
LikelihoodMaker configure_laplace_likelihood(Section& section);

PenaltyMaker configure_kl_penalty(Section& section);
PenaltyMaker configure_sparsity_l1_penalty(Section& section);
PenaltyMaker configure_sparsity_kl_penalty(Section& section);

const Registry<LikelihoodRow>& likelihoods() {
  static const Registry<LikelihoodRow> registry(
      "likelihood", {
                        {"bernoulli", "binary cross-entropy on logits, for pixels in [0, 1]",
                         configure_bernoulli_likelihood},
                        {"gaussian", "squared error; sigma fixed, learned or optimal",
                         configure_gaussian_likelihood},
                        {"laplace", "absolute error", configure_laplace_likelihood},
                    });
  return registry;
}

const Registry<PenaltyRow>& penalties() {
  static const Registry<PenaltyRow> registry(
      "penalty",
      {
          {"kl", "KL divergence to the standard normal prior; weight is beta", true,
           configure_kl_penalty},
          {"sparsity_l1", "sum of |a| over the code, so that few units are active per image", false,
           configure_sparsity_l1_penalty},
          {"sparsity_kl", "pulls each unit's mean activation towards a target; for a sigmoid code",
           false, configure_sparsity_kl_penalty},
      });
  return registry;
}

}  // namespace latent
