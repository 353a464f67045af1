#include "measure/needs.h"

namespace latent {

std::string needs_nothing(const MeasureContext&) { return ""; }

std::string needs_images(const MeasureContext& context) {
  return context.examples.is_table() ? "needs images; the run's examples are rows of a table" : "";
}

std::string needs_posterior(const MeasureContext& context) {
  return context.model.bottleneck().has_posterior()
             ? ""
             : "needs latents with a posterior, as of a variational autoencoder (model.bottleneck "
               "gaussian); the run's have none";
}

std::string needs_no_posterior(const MeasureContext& context) {
  return context.model.bottleneck().has_posterior()
             ? "needs a code without a posterior, as of a plain autoencoder (model.bottleneck "
               "point); the run's latents have one"
             : "";
}

}  // namespace latent
