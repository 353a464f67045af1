// The samplers, which draw random latents.
#pragma once

#include <string>

#include "core/registry.h"
#include "session/opened_run.h"

namespace latent {

/// What to draw: `count` latents, or a grid of side x side.
struct LatentRequest {
  int64_t count = 64, side = 15;
  double temperature = 1;  // scales the spread of the latents
  bool quiet = false;
};

/// A way to draw random latents.
struct SamplerRow {
  std::string name;
  std::string summary;
  Tensor (*draw)(const OpenedRun&, const LatentRequest&, at::Generator&);  // [N, Z]
};

const Registry<SamplerRow>& samplers();

/// Draws latents [N, Z] that the run's bottleneck could have produced.
/// Throws Error if the run has no such latents, for example a grid over more than two of them.
Tensor draw_latents(const OpenedRun& run, const SamplerRow& sampler, const LatentRequest& request,
                    at::Generator& noise);

/// Draws latents from the sampler "prior". Commands call these "random latents".
Tensor random_latents(const OpenedRun& run, const LatentRequest& request, at::Generator& noise);

}  // namespace latent
