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
      });
  return registry;
}

}  // namespace latent
