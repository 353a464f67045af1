#include "analysis/anomaly.h"

#include <ATen/ATen.h>

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>

#include "analysis/components.h"
#include "core/log.h"
#include "core/random.h"
#include "session/codes.h"
#include "session/for_each_batch.h"
#include "session/run_cache.h"
#include "space/anomaly.h"
#include "statistics/principal_components.h"

namespace latent {
namespace {

std::string never(const OpenedRun&) { return ""; }

// [B] float64: squared differences, summed over the numbers of each example.
Tensor squared_difference(const Tensor& a, const Tensor& b) {
  return at::square(a.to(at::kDouble) - b.to(at::kDouble)).flatten(1).sum(1);
}

Tensor reconstruction_error(const OpenedRun& run, const FittedTensors&, const ScoredBatch& batch) {
  return squared_difference(batch.images.cpu(),
                            run.pictures(batch.code.code, batch.code.condition));
}

std::string why_no_elbo(const OpenedRun& run) {
  if (!run.model->bottleneck().has_posterior()) return "a plain autoencoder has no ELBO";
  if (run.objective->likelihood().per_image()) return "";
  return "the likelihood's sigma is that of each batch";
}

// Noise for the ELBO, the same for every example.
FittedTensors elbo_noise(const AnomalyFitting& with) {
  auto stream = generator(with.seed, Stream::kSample);
  return {{"noise", at::empty({2, with.run.model->latent_dim()}).normal_(0, 1, stream)}};
}

// Constants included, over four samples of the latents. All examples get the same noise, so that
// the score of one does not depend on the others.
Tensor negative_elbo(const OpenedRun& run, const FittedTensors& fitted, const ScoredBatch& batch) {
  const auto& device = run.device;
  const Likelihood& likelihood = run.objective->likelihood();
  const Tensor mean = batch.code.posterior->mean.to(device),
               logvar = batch.code.posterior->logvar.to(device);
  const Tensor images = batch.images.to(device), deviation = (0.5 * logvar).exp();
  Tensor condition = batch.code.condition;
  if (condition.defined()) condition = condition.to(device);
  Tensor nll = at::zeros({images.size(0)}, at::TensorOptions(device));
  const Tensor draws = fitted.at("noise").to(device);
  for (const Tensor& noise : draws.unbind(0)) {
    for (const double side : {1.0, -1.0}) {  // the opposite noise cancels what is linear in it
      const Tensor z = mean + side * noise * deviation;
      nll += likelihood.nll(images, run.model->decode(z, condition));
    }
  }
  nll /= static_cast<double>(2 * draws.size(0));
  const double constant =
      likelihood.omitted_constant() * static_cast<double>(run.model->output_shape().values());
  return (nll + gaussian_kl(mean, logvar).sum(1) + constant).to(at::kCPU, at::kDouble);
}

FittedTensors fit_latents(const AnomalyFitting& with) {
  const auto spread =
      space::fit_spread(split_codes(with.run, Split::kTrain, with.train, with.quiet));
  return {{"mean", spread.mean}, {"whitening", spread.whitening}};
}

std::string why_no_distance(const OpenedRun& run) {
  return run.model->bottleneck().codebook() != nullptr ? "the latents are codes, a map of them"
                                                       : "";
}

Tensor latent_distance(const OpenedRun&, const FittedTensors& fitted, const ScoredBatch& batch) {
  const space::LatentSpread spread{.mean = fitted.at("mean"), .whitening = fitted.at("whitening")};
  return spread.distances(batch.code.code);
}

FittedTensors fit_pca(const AnomalyFitting& with) {
  const auto found = training_components(with.run, with.train);
  return {{"mean", found.mean}, {"axes", found.axes}};
}

Tensor pca_error(const OpenedRun&, const FittedTensors& fitted, const ScoredBatch& batch) {
  const statistics::PrincipalComponents components{
      .mean = fitted.at("mean"), .axes = fitted.at("axes"), .variances = {}};
  const Tensor rows = batch.images.flatten(1).to(at::kCPU, at::kDouble);
  return squared_difference(rows, components.restore(components.project(rows)));
}

// The scores of the usual examples, named apart from what a score fitted.
constexpr const char* kUsualName = "usual";

struct FittedScore {
  FittedTensors tensors;
  Tensor usual;
};

CacheEntry<FittedScore> fitted_entry(const OpenedRun& run, const std::string& name, uint64_t seed) {
  return {.key = {.file = "anomaly-" + name + "-" + run.checkpoint + ".safetensors",
                  .query = fmt::format("seed {}", seed)},
          .what = "scores of training examples",
          .store =
              [](const FittedScore& score) {
                TensorFile file{.tensors = score.tensors, .metadata = {}};
                file.tensors[kUsualName] = score.usual;
                return file;
              },
          .restore = [](TensorFile& file) -> std::optional<FittedScore> {
            const auto usual = file.tensors.extract(kUsualName);
            if (usual.empty() || usual.mapped().dim() != 1 || usual.mapped().numel() == 0)
              return std::nullopt;
            return FittedScore{.tensors = file.tensors, .usual = usual.mapped()};
          }};
}

}  // namespace

const Registry<AnomalyScoreRow>& anomaly_scores() {
  static Registry<AnomalyScoreRow> registry(
      "anomaly score",
      {
          {"error", "squared error", "error", never, nullptr, reconstruction_error},
          {"elbo", "negative ELBO, nats", "negative_elbo", why_no_elbo, elbo_noise, negative_elbo},
          {"distance", "distance of the latents", "distance", why_no_distance, fit_latents,
           latent_distance},
          {"pca", "squared error of PCA", "pca_error", never, fit_pca, pca_error},
      });
  return registry;
}

AnomalyDetector::AnomalyDetector(const OpenedRun& run, const std::vector<std::string>& names,
                                 uint64_t seed, bool quiet)
    : run_(run),
      seed_(seed),
      quiet_(quiet),
      train_(run.load_if_there(Split::kTrain, why_no_train_)) {
  std::optional<std::string> data;
  if (train_) data = data_fingerprint(train_->pixels);
  for (const auto& row : anomaly_scores().rows()) {
    if (!names.empty() && std::find(names.begin(), names.end(), row.name) == names.end()) continue;
    const std::string why_not = row.unavailable(run);
    if (!why_not.empty()) {
      log::info("no score {}: {}", row.name, why_not);
      continue;
    }
    scores_.push_back({.kind = &row, .tensors = {}});
    if (auto found = read_cached(run, fitted_entry(run, row.name, seed), data))
      scores_.back() = {&row, std::move(found->tensors), std::move(found->usual)};
    else if (row.fit != nullptr)
      scores_.back().tensors =
          row.fit({.run = run, .train = train(), .seed = seed, .quiet = quiet});
  }
  if (!train_) log::warn("{}; using what earlier calls stored in the run", why_no_train_);
}

const Examples& AnomalyDetector::train() const {
  if (!train_) throw Error(why_no_train_);
  return *train_;
}

std::vector<AnomalyScore> AnomalyDetector::usual() {
  std::vector<Fitted> unknown;
  for (const auto& score : scores_)
    if (!score.usual.defined()) unknown.push_back(score);
  if (!unknown.empty()) {
    const auto found =
        scores_of(unknown, some_of(train(), kUsualExamples, seed_), "training split");
    const std::string data = data_fingerprint(train().pixels);
    for (const auto& score : found) {
      const auto known = std::find_if(scores_.begin(), scores_.end(),
                                      [&](const Fitted& one) { return one.kind == score.kind; });
      known->usual = score.values;
      const auto entry = fitted_entry(run_, score.kind->name, seed_);
      write_cache_file(run_, entry.key, data,
                       entry.store({.tensors = known->tensors, .usual = known->usual}));
    }
  }
  std::vector<AnomalyScore> all;
  for (const auto& score : scores_)
    all.push_back({score.kind, score.usual});
  return all;
}

std::vector<std::string> AnomalyDetector::names() const {
  std::vector<std::string> all;
  for (const auto& score : scores_)
    all.push_back(score.kind->name);
  return all;
}

std::vector<AnomalyScore> AnomalyDetector::score(const ExampleBatches& examples,
                                                 const std::string& label) const {
  return scores_of(scores_, examples, label);
}

std::vector<AnomalyScore> AnomalyDetector::scores_of(const std::vector<Fitted>& kinds,
                                                     const ExampleBatches& examples,
                                                     const std::string& label) const {
  const torch::NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> parts(kinds.size());
  for_each_batch(examples.count, label, quiet_, [&](int64_t first, int64_t count) {
    const ExampleBatch read = examples.read(first, count);
    const ScoredBatch batch{.images = read.images, .code = run_.encode(read)};
    for (size_t i = 0; i < parts.size(); ++i)
      parts[i].push_back(kinds[i].kind->score(run_, kinds[i].tensors, batch));
  });
  std::vector<AnomalyScore> scores;
  for (size_t i = 0; i < kinds.size(); ++i)
    scores.push_back({kinds[i].kind, at::cat(parts[i])});
  return scores;
}

}  // namespace latent
