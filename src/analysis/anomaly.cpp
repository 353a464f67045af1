#include "analysis/anomaly.h"
#include "session/codes.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "analysis/components.h"
#include "core/log.h"
#include "core/random.h"
#include "session/for_each_batch.h"

namespace latent {
AnomalyDetector::AnomalyDetector(const OpenedRun& run, const Examples& train, uint64_t seed,
                                 bool quiet)
    : run_(run),
      spread_(space::fit_spread(split_codes(run, Split::kTrain, train, quiet))),
      components_(training_components(run, train)) {
  const torch::NoGradGuard no_grad;
  const Likelihood& likelihood = run.objective->likelihood();
  const int64_t latents = run.model->latent_dim();
  kinds_.push_back({"error", "error", "squared error"});
  if (run.model->probabilistic() && !likelihood.per_image()) {
    log::info("no score from the ELBO: the likelihood's sigma is that of each batch");
  } else if (run.model->probabilistic()) {
    kinds_.push_back({"elbo", "negative_elbo", "negative ELBO, nats"});
    auto stream = generator(seed, Stream::kSample);
    noise_ = at::empty({2, latents}).normal_(0, 1, stream).to(run.device);
  }
  kinds_.push_back({"distance", "distance", "distance of the latents"});
  kinds_.push_back(
      {"pca", "pca_error", fmt::format("squared error, PCA of {}", components_.axes.size(0))});
}

std::vector<std::string> AnomalyDetector::names() const {
  std::vector<std::string> all;
  for (const auto& kind : kinds_)
    all.push_back(kind.name);
  return all;
}

Tensor AnomalyDetector::negative_elbo(const Tensor& images, const Latent& code) const {
  const Likelihood& likelihood = run_.objective->likelihood();
  const Tensor mean = code.mean.to(run_.device), logvar = code.logvar.to(run_.device);
  const Tensor there = images.to(run_.device), deviation = (0.5 * logvar).exp();
  Tensor nll = at::zeros({images.size(0)}, at::TensorOptions(run_.device));
  for (const Tensor& noise : noise_.unbind(0)) {
    for (const double side : {1.0, -1.0})  // the opposite too: what is linear in the noise cancels
      nll += likelihood.nll(there, run_.model->decode(mean + side * noise * deviation));
  }
  nll /= static_cast<double>(2 * noise_.size(0));
  const double constant =
      likelihood.omitted_constant() * static_cast<double>(run_.model->output_shape().values());
  return (nll + gaussian_kl(mean, logvar).sum(1) + constant).to(at::kCPU, at::kDouble);
}

std::vector<Tensor> AnomalyDetector::score_batch(const Tensor& images) const {
  const Latent code = run_.encode(images);
  const auto squared = [](const Tensor& a, const Tensor& b) {
    return at::square(a.to(at::kDouble) - b.to(at::kDouble)).flatten(1).sum(1);
  };
  const Tensor rows = images.flatten(1).to(at::kCPU, at::kDouble);
  std::vector<Tensor> values;
  for (const auto& kind : kinds_) {
    if (kind.name == "error") values.push_back(squared(images.cpu(), run_.pictures(code.mean)));
    if (kind.name == "elbo") values.push_back(negative_elbo(images, code));
    if (kind.name == "distance") values.push_back(spread_.distances(code.mean));
    if (kind.name == "pca")
      values.push_back(squared(rows, components_.restore(components_.project(rows))));
  }
  return values;
}

std::vector<Score> AnomalyDetector::score(const ExampleBatches& examples, const std::string& label,
                                          bool quiet) const {
  const torch::NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> parts(kinds_.size());
  for_each_batch(examples.count, label, quiet, [&](int64_t first, int64_t count) {
    const auto batch = score_batch(examples.images(first, count));
    for (size_t i = 0; i < parts.size(); ++i)
      parts[i].push_back(batch[i]);
  });
  std::vector<Score> scores;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    scores.push_back({kinds_[i].name, kinds_[i].column, kinds_[i].meaning, at::cat(parts[i])});
  }
  return scores;
}

}  // namespace latent
