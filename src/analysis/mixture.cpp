#include "analysis/mixture.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "format/safetensors.h"
#include "session/run_cache.h"
#include "space/samplers.h"

namespace latent {
namespace {

// An iteration costs points * latents^2 for each component: these keep a fit within a minute or so
// on two cores.
constexpr int64_t kMostFitted = 60'000;
constexpr int64_t kMostProducts = 150'000'000;  // points * latents^2

// Random rows if there are more than a fit can take in reasonable time.
Tensor thinned(const Tensor& points, at::Generator& noise) {
  const int64_t count = points.size(0);
  const int64_t products = kMostProducts / (points.size(1) * points.size(1));
  const int64_t most = std::max<int64_t>(2, std::min(kMostFitted, products));
  if (count <= most) return points;
  log::info("the mixture is fitted to {} of the {} training latents, drawn at random", most, count);
  return points.index_select(0, at::randperm(count, noise, at::kLong).narrow(0, 0, most));
}

// The mixture kept at `path`, if it is whole, of the run's model and checkpoint, and of the
// examples that `mark` tells.
std::optional<space::GaussianMixture> read_mixture(const std::filesystem::path& path,
                                                   const OpenedRun& run,
                                                   const std::optional<std::string>& mark) {
  auto file = read_kept(path, run, mark);
  if (!file) return std::nullopt;
  const Tensor weights = file->tensors["weights"], means = file->tensors["means"],
               covariances = file->tensors["covariances"];
  const int64_t z = run.model->latent_dim();
  if (weights.defined() && weights.dim() == 1 && means.defined() && covariances.defined() &&
      means.sizes() == c10::IntArrayRef{weights.size(0), z} &&
      covariances.sizes() == c10::IntArrayRef{weights.size(0), z, z})
    return space::GaussianMixture{weights, means, covariances};
  log::warn("{}: not the mixture of this run; made again", path.string());
  return std::nullopt;
}

space::GaussianMixture fit(const OpenedRun& run, const Examples& train, bool quiet) {
  const Latent codes = run.split_latents(Split::kTrain, train, quiet);
  if (codes.mean.size(0) < 2)
    throw Error("the training split has 1 image; a Gaussian mixture needs at least 2");
  // The run's seed, not the command's: the mixture belongs to the run.
  auto noise = generator(static_cast<uint64_t>(run.experiment.train.seed), Stream::kMixture);
  const Tensor points = thinned(space::sample_each(codes.mean, codes.logvar, noise), noise);
  log::info("fitting Gaussian mixtures to {} training latents, kept in the run for next time",
            points.size(0));
  const auto start = std::chrono::steady_clock::now();
  const auto best = space::choose_mixture(points, noise, {}, [&](const space::MixtureFit& tried) {
    log::info("  {:>2} components: BIC {:.2f} per image", tried.mixture.components(),
              tried.bic / static_cast<double>(points.size(0)));
  });
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const bool most = best.mixture.components() == space::MixtureOptions{}.most_components;
  log::info("mixture of {} Gaussians, the lowest BIC{}, in {:.1f} s", best.mixture.components(),
            most ? ", and as many as are tried" : "", spent.count());
  return best.mixture;
}

}  // namespace

space::GaussianMixture training_mixture(const OpenedRun& run, bool quiet) {
  const auto path = run.directory.cache("mixture-" + run.checkpoint + ".safetensors");
  return kept_or_made(
      run, Split::kTrain, "mixture",
      [&](const std::optional<std::string>& mark) { return read_mixture(path, run, mark); },
      [&](const Examples& train, const std::string& mark) {
        space::GaussianMixture mixture = fit(run, train, quiet);
        keep_in_cache(path, {.tensors = {{"weights", mixture.weights},
                                         {"means", mixture.means},
                                         {"covariances", mixture.covariances}},
                             .metadata = {{"step", std::to_string(run.step)}, {"data", mark}}});
        return mixture;
      });
}

}  // namespace latent
