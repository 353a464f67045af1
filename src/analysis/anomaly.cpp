#include "analysis/anomaly.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "analysis/components.h"
#include "core/log.h"
#include "core/random.h"
#include "session/codes.h"
#include "session/for_each_batch.h"

namespace latent {
namespace {

std::string never(const OpenedRun&) { return ""; }

// [B] float64: squared differences, summed over the numbers of each example.
Tensor squared_difference(const Tensor& a, const Tensor& b) {
  return at::square(a.to(at::kDouble) - b.to(at::kDouble)).flatten(1).sum(1);
}

Tensor reconstruction_error(const AnomalyModel& model, const ScoredBatch& batch) {
  return squared_difference(batch.images.cpu(),
                            model.run.pictures(batch.code.code, batch.code.condition));
}

std::string why_no_elbo(const OpenedRun& run) {
  if (!run.model->bottleneck().has_posterior()) return "a plain autoencoder has no ELBO";
  if (run.objective->likelihood().per_image()) return "";
  return "the likelihood's sigma is that of each batch";
}

// Constants included, over four samples of the latents. All examples get the same noise, so that
// the score of one does not depend on the others.
Tensor negative_elbo(const AnomalyModel& model, const ScoredBatch& batch) {
  const auto& device = model.run.device;
  const Likelihood& likelihood = model.run.objective->likelihood();
  const Tensor mean = batch.code.posterior->mean.to(device),
               logvar = batch.code.posterior->logvar.to(device);
  const Tensor images = batch.images.to(device), deviation = (0.5 * logvar).exp();
  Tensor condition = batch.code.condition;
  if (condition.defined()) condition = condition.to(device);
  Tensor nll = at::zeros({images.size(0)}, at::TensorOptions(device));
  for (const Tensor& noise : model.noise.unbind(0)) {
    for (const double side : {1.0, -1.0}) {  // the opposite noise cancels what is linear in it
      const Tensor z = mean + side * noise * deviation;
      nll += likelihood.nll(images, model.run.model->decode(z, condition));
    }
  }
  nll /= static_cast<double>(2 * model.noise.size(0));
  const double constant =
      likelihood.omitted_constant() * static_cast<double>(model.run.model->output_shape().values());
  return (nll + gaussian_kl(mean, logvar).sum(1) + constant).to(at::kCPU, at::kDouble);
}

Tensor latent_distance(const AnomalyModel& model, const ScoredBatch& batch) {
  return model.spread.distances(batch.code.code);
}

std::string why_no_distance(const OpenedRun& run) {
  return run.model->bottleneck().codebook() != nullptr ? "the latents are codes, a map of them"
                                                       : "";
}

space::LatentSpread spread_of(const OpenedRun& run, const Examples& train, bool quiet) {
  if (!why_no_distance(run).empty()) return {};
  return space::fit_spread(split_codes(run, Split::kTrain, train, quiet));
}

Tensor pca_error(const AnomalyModel& model, const ScoredBatch& batch) {
  const Tensor rows = batch.images.flatten(1).to(at::kCPU, at::kDouble);
  return squared_difference(rows, model.components.restore(model.components.project(rows)));
}

// Noise for the ELBO, the same for every example.
Tensor elbo_noise(const OpenedRun& run, uint64_t seed) {
  auto stream = generator(seed, Stream::kSample);
  return at::empty({2, run.model->latent_dim()}).normal_(0, 1, stream).to(run.device);
}

}  // namespace

const Registry<AnomalyScoreRow>& anomaly_scores() {
  static Registry<AnomalyScoreRow> registry(
      "anomaly score",
      {
          {"error", "squared error", "error", never, reconstruction_error},
          {"elbo", "negative ELBO, nats", "negative_elbo", why_no_elbo, negative_elbo},
          {"distance", "distance of the latents", "distance", why_no_distance, latent_distance},
          {"pca", "squared error of PCA", "pca_error", never, pca_error},
      });
  return registry;
}

AnomalyDetector::AnomalyDetector(const OpenedRun& run, const Examples& train, uint64_t seed,
                                 bool quiet, const std::vector<std::string>& names)
    : model_{.run = run,
             .spread = spread_of(run, train, quiet),
             .components = training_components(run, train),
             .noise = elbo_noise(run, seed)} {
  for (const auto& row : anomaly_scores().rows()) {
    if (!names.empty() && std::find(names.begin(), names.end(), row.name) == names.end()) continue;
    const std::string why_not = row.unavailable(run);
    if (why_not.empty())
      kinds_.push_back(&row);
    else
      log::info("no score {}: {}", row.name, why_not);
  }
}

std::vector<std::string> AnomalyDetector::names() const {
  std::vector<std::string> all;
  for (const auto* kind : kinds_)
    all.push_back(kind->name);
  return all;
}

std::vector<AnomalyScore> AnomalyDetector::score(const ExampleBatches& examples,
                                                 const std::string& label, bool quiet) const {
  const torch::NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> parts(kinds_.size());
  for_each_batch(examples.count, label, quiet, [&](int64_t first, int64_t count) {
    const ExampleBatch read = examples.read(first, count);
    const ScoredBatch batch{.images = read.images, .code = model_.run.encode(read)};
    for (size_t i = 0; i < parts.size(); ++i)
      parts[i].push_back(kinds_[i]->score(model_, batch));
  });
  std::vector<AnomalyScore> scores;
  for (size_t i = 0; i < kinds_.size(); ++i)
    scores.push_back({kinds_[i], at::cat(parts[i])});
  return scores;
}

}  // namespace latent
