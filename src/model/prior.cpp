#include "model/prior.h"

#include <ATen/ATen.h>

namespace latent {

Tensor StandardNormal::sample(int64_t count, double temperature, at::Generator& noise) const {
  return at::empty({count, latents_}).normal_(0, 1, noise).mul_(temperature);
}

}  // namespace latent
