#include "analysis/measure_context.h"

#include <map>
#include <memory>

#include "analysis/features/feature_choice.h"
#include "analysis/latent_source.h"
#include "core/random.h"
#include "session/codes.h"

namespace latent {

MeasureContext measure_context(const OpenedRun& run, const Examples& examples, uint64_t seed,
                               bool quiet, Split split) {
  // Two measures that ask for the same features share them.
  const auto chosen = std::make_shared<std::map<std::string, std::shared_ptr<ImageFeatures>>>();
  return {.model = *run.model,
          .objective = *run.objective,
          .corruption = run.corruption,
          .condition = run.condition,
          .config = run.config.resolved(),
          .examples = examples,
          .noun = run.experiment.data.example_noun(),
          .device = run.device,
          .seed = seed,
          .load = [&run](Split wanted) { return run.load(wanted); },
          .codes = [&run, quiet](Split wanted) { return split_codes(run, wanted, quiet); },
          .random_latents =
              [&run, seed, quiet](const std::string& sampler, int64_t count) {
                at::Generator noise = generator(seed, Stream::kSample);
                return draw_latents(run, samplers().find<UsageError>(sampler, "--sampler"),
                                    {.count = count, .quiet = quiet}, noise);
              },
          .split = split,
          .features =
              [&run, quiet, chosen](const std::string& choice) {
                auto& found = (*chosen)[choice];
                if (!found) found = choose_features(choice, run, quiet);
                return found;
              }};
}

}  // namespace latent
