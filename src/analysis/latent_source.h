// The samplers, which draw random latents.
#pragma once

#include <string>

#include "core/registry.h"
#include "session/opened_run.h"

namespace latent {

/// What to draw: `count` latents, or a grid of side x side.
struct LatentRequest {
  int64_t count = 64, side = 15;
  double temperature = 1;      // scales the spread of the latents
  std::string attribute = "";  // "label=owl": what a prior with a condition draws by
  int64_t components = 0;      // of a mixture; 0: as many as suit the latents
  bool quiet = false;
};

/// The training images to draw like: those for which a rule holds.
struct TrainingRule {
  std::string rule;   // in the language of data/selection/selection.h: "label=owl"
  std::string where;  // the flag that holds it; begins an Error's message
};

/// Latents drawn like those of some training images.
struct RuleLatents {
  Tensor z;        // [N, Z]
  int64_t images;  // for which the rule holds; 0: none were looked for
};

/// A way to draw random latents.
struct SamplerRow {
  std::string name;
  std::string summary;
  Tensor (*draw)(const OpenedRun&, const LatentRequest&, at::Generator&);  // [N, Z]
  /// Draws latents like those of some training images; nullptr if it does not use these.
  RuleLatents (*draw_where)(const OpenedRun&, const TrainingRule&, const LatentRequest&,
                            at::Generator&) = nullptr;
};

const Registry<SamplerRow>& samplers();

/// Returns whether a sampler can draw a run's latents, with what the run has.
bool suits(const SamplerRow& sampler, const OpenedRun& run);

/// Draws latents [N, Z] that the run's bottleneck could have produced.
/// Throws Error if the run has no such latents, for example a grid over more than two of them.
Tensor draw_latents(const OpenedRun& run, const SamplerRow& sampler, const LatentRequest& request,
                    at::Generator& noise);

/// Draws latents like those of the training images for which a rule holds.
/// Throws Error if the sampler cannot, and for a rule that names or finds nothing.
RuleLatents draw_latents_where(const OpenedRun& run, const SamplerRow& sampler,
                               const TrainingRule& rule, const LatentRequest& request,
                               at::Generator& noise);

/// Draws latents from the sampler "prior". Commands call these "random latents".
Tensor random_latents(const OpenedRun& run, const LatentRequest& request, at::Generator& noise);

}  // namespace latent
