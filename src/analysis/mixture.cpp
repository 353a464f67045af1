#include "analysis/mixture.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/stopwatch.h"
#include "format/safetensors.h"
#include "session/codes.h"
#include "session/run_cache.h"
#include "space/samplers.h"

namespace latent {
namespace {

// An iteration costs points * latents^2 for each component: with these limits a fit takes about a
// minute on two cores.
constexpr int64_t kMaxFitted = 60'000;
constexpr int64_t kMaxProducts = 150'000'000;  // points * latents^2

// Random rows, if there are too many to fit in reasonable time.
Tensor thinned(const Tensor& points, at::Generator& noise) {
  const int64_t count = points.size(0);
  const int64_t products = kMaxProducts / (points.size(1) * points.size(1));
  const int64_t most = std::max<int64_t>(2, std::min(kMaxFitted, products));
  if (count <= most) return points;
  log::info("the mixture is fitted to {} of the {} training latents, drawn at random", most, count);
  return points.index_select(0, at::randperm(count, noise, at::kLong).narrow(0, 0, most));
}

CacheEntry<statistics::GaussianMixture> mixture_entry(const OpenedRun& run) {
  const int64_t z = run.model->latent_dim();
  return {.key = {"mixture-" + run.checkpoint + ".safetensors"},
          .what = "mixture",
          .store =
              [](const statistics::GaussianMixture& mixture) {
                return TensorFile{.tensors = {{"weights", mixture.weights},
                                              {"means", mixture.means},
                                              {"covariances", mixture.covariances}},
                                  .metadata = {}};
              },
          .restore = [z](TensorFile& file) -> std::optional<statistics::GaussianMixture> {
            const Tensor weights = file.tensors["weights"], means = file.tensors["means"],
                         covariances = file.tensors["covariances"];
            const bool fits = weights.defined() && weights.dim() == 1 && means.defined() &&
                              covariances.defined() &&
                              means.sizes() == c10::IntArrayRef{weights.size(0), z} &&
                              covariances.sizes() == c10::IntArrayRef{weights.size(0), z, z};
            if (!fits) return std::nullopt;
            return statistics::GaussianMixture{weights, means, covariances};
          }};
}

statistics::GaussianMixture fit(const OpenedRun& run, const Examples& train, bool quiet) {
  const Latent codes = split_codes(run, Split::kTrain, train, quiet);
  if (codes.code.size(0) < 2)
    throw Error("the training split has 1 image; a Gaussian mixture needs at least 2");
  // The run's seed, not the command's: the mixture belongs to the run.
  auto noise = generator(static_cast<uint64_t>(run.experiment.train.seed), Stream::kMixture);
  const Tensor points = thinned(space::sample_each(codes, noise), noise);
  log::info("fitting Gaussian mixtures to {} training latents; the result is stored in the run",
            points.size(0));
  const Stopwatch watch;
  const auto best =
      statistics::choose_mixture(points, noise, {}, [&](const statistics::MixtureFit& tried) {
        log::info("  {:>2} components: BIC {:.2f} per image", tried.mixture.components(),
                  tried.bic / static_cast<double>(points.size(0)));
      });
  const bool most = best.mixture.components() == statistics::MixtureOptions{}.most_components;
  log::info("mixture of {} Gaussians, the lowest BIC{}, in {:.1f} s", best.mixture.components(),
            most ? ", the largest number tried" : "", watch.seconds());
  return best.mixture;
}

}  // namespace

statistics::GaussianMixture training_mixture(const OpenedRun& run, bool quiet) {
  return cached_or_computed(run, Split::kTrain, mixture_entry(run),
                            [&](const Examples& train) { return fit(run, train, quiet); });
}

}  // namespace latent
