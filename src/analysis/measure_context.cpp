#include "analysis/measure_context.h"

#include "analysis/latent_source.h"
#include "core/random.h"

namespace latent {

MeasureContext measure_context(const OpenedRun& run, const Examples& examples, uint64_t seed,
                               bool quiet) {
  return {.model = *run.model,
          .objective = *run.objective,
          .corruption = run.corruption,
          .condition = run.condition,
          .config = run.config.resolved(),
          .examples = examples,
          .noun = run.experiment.data.example_noun(),
          .device = run.device,
          .seed = seed,
          .load = [&run](Split split) { return run.load(split); },
          .random_latents =
              [&run, seed, quiet](const std::string& sampler, int64_t count) {
                at::Generator noise = generator(seed, Stream::kSample);
                return draw_latents(run, samplers().find<UsageError>(sampler, "--sampler"),
                                    {.count = count, .quiet = quiet}, noise);
              }};
}

}  // namespace latent
