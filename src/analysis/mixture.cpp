#include "analysis/mixture.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/training_rule.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/stopwatch.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
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
constexpr double kLeastVariance = 1e-10;
// Part of a stored mixture's key: those of earlier versions had their size chosen otherwise.
const std::string kChosenBy = "size by held-out likelihood";

// Random rows, if there are too many to fit in reasonable time.
Tensor thinned(const Tensor& points, at::Generator& noise) {
  const int64_t count = points.size(0);
  const int64_t products = kMaxProducts / (points.size(1) * points.size(1));
  const int64_t most = std::max<int64_t>(2, std::min(kMaxFitted, products));
  if (count <= most) return points;
  log::info("the mixture is fitted to {} of the {} training latents, drawn at random", most, count);
  return points.index_select(0, at::randperm(count, noise, at::kLong).narrow(0, 0, most));
}

using statistics::GaussianMixture;

TensorFile mixture_tensors(const GaussianMixture& mixture) {
  return {.tensors = {{"weights", mixture.weights},
                      {"means", mixture.means},
                      {"covariances", mixture.covariances}},
          .metadata = {}};
}

// Part of a file's name, and of a stored mixture's key, if the number of Gaussians is given.
std::string size_in_name(int64_t components) {
  return components == 0 ? "" : fmt::format("{}-", components);
}

std::string chosen_by(int64_t components) {
  return components == 0 ? kChosenBy : fmt::format("{} components", components);
}

// latents: expected of the mixture.
std::optional<GaussianMixture> mixture_from(TensorFile& file, int64_t latents) {
  const Tensor weights = file.tensors["weights"], means = file.tensors["means"],
               covariances = file.tensors["covariances"];
  const bool fits = weights.defined() && weights.dim() == 1 && means.defined() &&
                    covariances.defined() &&
                    means.sizes() == c10::IntArrayRef{weights.size(0), latents} &&
                    covariances.sizes() == c10::IntArrayRef{weights.size(0), latents, latents};
  if (!fits) return std::nullopt;
  return GaussianMixture{weights, means, covariances};
}

CacheEntry<GaussianMixture> mixture_entry(const OpenedRun& run, int64_t components) {
  return {
      .key = {.file =
                  fmt::format("mixture-{}{}.safetensors", size_in_name(components), run.checkpoint),
              .query = chosen_by(components)},
      .what = "mixture",
      .store = mixture_tensors,
      .restore = [z = run.model->latent_dim()](TensorFile& file) { return mixture_from(file, z); }};
}

// Two rules may become the same file name: the rule stored in the file identifies the mixture.
CacheEntry<RuleMixture> rule_entry(const OpenedRun& run, const std::string& rule,
                                   int64_t components) {
  return {.key = {.file = fmt::format("mixture-{}-{}{}.safetensors", in_file_name(rule),
                                      size_in_name(components), run.checkpoint),
                  .query = rule + ", " + chosen_by(components)},
          .what = "mixture of " + rule,
          .store =
              [](const RuleMixture& made) {
                TensorFile file = mixture_tensors(made.mixture);
                file.tensors["images"] = at::full({1}, made.images, at::kLong);
                return file;
              },
          .restore = [z = run.model->latent_dim()](TensorFile& file) -> std::optional<RuleMixture> {
            const Tensor images = file.tensors["images"];
            auto mixture = mixture_from(file, z);
            if (!mixture || !images.defined() || images.numel() != 1) return std::nullopt;
            return RuleMixture{std::move(*mixture), images.item<int64_t>()};
          }};
}

// The posterior of one image. A plain code has no variance, but a Gaussian needs some.
GaussianMixture posterior_of_one(const Latent& codes, const std::string& of) {
  log::warn("the only training latents{} are those of 1 image: {}", of,
            codes.posterior ? "its posterior serves as the mixture"
                            : "a plain autoencoder decodes them to that one picture");
  const Tensor mean = codes.code.to(at::kDouble);
  const Tensor variance =
      codes.posterior ? codes.posterior->logvar.to(at::kDouble).exp() : at::zeros_like(mean);
  return {.weights = at::ones({1}, at::kDouble),
          .means = mean,
          .covariances = at::diag_embed(variance.clamp_min(kLeastVariance))};
}

GaussianMixture fit_given_size(const Tensor& points, int64_t components, at::Generator& noise) {
  if (components >= points.size(0)) {
    throw Error(fmt::format("--components {}: the mixture is fitted to {}; expected fewer",
                            components, counted(points.size(0), "training latent")));
  }
  const Stopwatch watch;
  auto fit = statistics::fit_mixture(points, components, noise).mixture;
  if (fit.components() < components) {
    log::warn("{} of the {} Gaussians are left: no latents belonged to the others",
              fit.components(), components);
  }
  log::info("mixture of {}, in {:.1f} s", counted(fit.components(), "Gaussian"), watch.seconds());
  return fit;
}

// of: " of label=owl", or "" for all images.
GaussianMixture fit_mixture_to(const OpenedRun& run, const Latent& codes, const std::string& of,
                               int64_t components) {
  const int64_t count = codes.code.size(0);
  if (count == 1 && components <= 1) return posterior_of_one(codes, of);
  // The run's seed, not the command's: the mixture belongs to the run.
  auto noise = generator(static_cast<uint64_t>(run.experiment.train.seed), Stream::kMixture);
  const Tensor points = thinned(space::sample_each(codes, noise), noise);
  log::info("fitting Gaussian mixtures to {} training latents{}; the result is stored in the run",
            points.size(0), of);
  if (components > 0) return fit_given_size(points, components, noise);
  statistics::MixtureOptions options;
  if (const int64_t needed = 2 * (points.size(1) + 1); count < needed) {
    log::info("  one Gaussian, because two of {} need {} or more",
              counted(points.size(1), "latent"), counted(needed, "image"));
    options.most_components = 1;
  }
  const Stopwatch watch;
  const auto best =
      statistics::choose_mixture(points, noise, options, [&](const statistics::MixtureFit& tried) {
        const int64_t size = tried.mixture.components();
        log::info("  {:>2} component{} log-likelihood {:.3f} of held-out latents", size,
                  size == 1 ? ": " : "s:", tried.held_out);
      });
  const bool most = best.mixture.components() == statistics::MixtureOptions{}.most_components;
  log::info("mixture of {}, which held-out latents prefer{}, in {:.1f} s",
            counted(best.mixture.components(), "Gaussian"),
            most ? ", the largest number tried" : "", watch.seconds());
  return best.mixture;
}

void refuse_codes(const OpenedRun& run) {
  if (run.model->bottleneck().codebook() == nullptr) return;
  throw Error(run.directory.path().string() +
              ": its latents are codes, which no mixture of Gaussians describes; expected the "
              "sampler prior, codes or autoregressive");
}

}  // namespace

GaussianMixture training_mixture(const OpenedRun& run, int64_t components, bool quiet) {
  refuse_codes(run);
  const auto entry = mixture_entry(run, components);
  return cached_or_computed(run, Split::kTrain, entry, [&](const Examples& train) {
    return fit_mixture_to(run, split_codes(run, Split::kTrain, train, quiet), "", components);
  });
}

RuleMixture training_mixture_where(const OpenedRun& run, const std::string& rule,
                                   const std::string& where, int64_t components, bool quiet) {
  refuse_codes(run);
  const auto entry = rule_entry(run, rule, components);
  std::string why_not;
  const auto train = run.load_if_there(Split::kTrain, why_not);
  if (!train) {
    auto stored = read_cached(run, entry, std::nullopt);
    if (!stored) throw Error(why_not);
    log::warn("{}; using the {} stored in the run", why_not, entry.what);
    return std::move(*stored);
  }
  const Tensor rows = rows_where(*train, rule, where);
  // The labels may change while the images stay.
  const std::string fingerprint =
      data_fingerprint(train->pixels) + "/" + data_fingerprint(rows.unsqueeze(0));
  if (auto stored = read_cached(run, entry, fingerprint)) return std::move(*stored);
  const Latent codes = select(split_codes(run, Split::kTrain, *train, quiet), rows);
  const RuleMixture made{fit_mixture_to(run, codes, " of " + rule, components), rows.size(0)};
  write_cache_file(run, entry.key, fingerprint, entry.store(made));
  return made;
}

}  // namespace latent
