// The tables of likelihoods and penalties. To add one: write its file with a `configure_..`
// function, declare that function here, and add a row.
#include "objective/likelihood.h"
#include "objective/penalty.h"

namespace latent {

LikelihoodMaker configure_bernoulli_likelihood(Section& section);
LikelihoodMaker configure_gaussian_likelihood(Section& section);
LikelihoodMaker configure_laplace_likelihood(Section& section);

PenaltyPlan configure_kl_penalty(Section& section);
PenaltyPlan configure_total_correlation_penalty(Section& section);
PenaltyPlan configure_factor_penalty(Section& section);
PenaltyPlan configure_dip_penalty(Section& section);
PenaltyPlan configure_mmd_penalty(Section& section);
PenaltyPlan configure_code_norm_penalty(Section& section);
PenaltyPlan configure_sparsity_l1_penalty(Section& section);
PenaltyPlan configure_sparsity_kl_penalty(Section& section);

const Registry<LikelihoodRow>& likelihoods() {
  static Registry<LikelihoodRow> registry(
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
  static Registry<PenaltyRow> registry(
      "penalty",
      {
          {.name = "kl",
           .summary = "KL divergence to the standard normal prior; weight is beta",
           .implied_by_posterior = true,
           .configure = configure_kl_penalty},
          {.name = "total_correlation",
           .summary = "how much the latents depend on each other (beta-TCVAE)",
           .configure = configure_total_correlation_penalty},
          {.name = "factor",
           .summary =
               "the same, as a discriminator sees it that learns beside the model (FactorVAE)",
           .configure = configure_factor_penalty},
          {.name = "dip",
           .summary = "draws the covariance of the latents towards the identity (DIP-VAE)",
           .configure = configure_dip_penalty},
          {.name = "mmd",
           .summary = "discrepancy between the latents and N(0, 1) (WAE, InfoVAE)",
           .configure = configure_mmd_penalty},
          {.name = "code_norm",
           .summary = "half the sum of squares over the code (regularised autoencoder, RAE)",
           .configure = configure_code_norm_penalty},
          {.name = "sparsity_l1",
           .summary = "sum of |a| over the code, so that few units are active per image",
           .sparse = true,
           .configure = configure_sparsity_l1_penalty},
          {.name = "sparsity_kl",
           .summary = "pulls each unit's mean activation towards a target; for a sigmoid code",
           .sparse = true,
           .configure = configure_sparsity_kl_penalty},
      });
  return registry;
}

}  // namespace latent
