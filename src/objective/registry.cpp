#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

const Registry<LikelihoodRow>& likelihoods() {
  static const Registry<LikelihoodRow> registry(
      "likelihood", {
                        {"bernoulli", "binary cross-entropy on logits, for pixels in [0, 1]",
                         configure_bernoulli},
                        {"gaussian", "squared error; sigma fixed, learned or optimal",
                         configure_gaussian_likelihood},
                        {"laplace", "absolute error", configure_laplace},
                    });
  return registry;
}

const Registry<PenaltyRow>& penalties() {
  static const Registry<PenaltyRow> registry(
      "penalty",
      {
          {"kl", "KL divergence to the standard normal prior; weight is beta", true, configure_kl},
          {"sparsity_l1", "sum of |a| over the code: few units per image", false,
           configure_sparsity_l1},
          {"sparsity_kl", "draws each unit's mean activation to a target; for a sigmoid code",
           false, configure_sparsity_kl},
      });
  return registry;
}

}  // namespace latent
