#include "analysis/latent_source.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "analysis/mixture.h"
#include "analysis/training_rule.h"
#include "core/error.h"
#include "core/text/suggest.h"
#include "prior/trained_prior.h"
#include "session/codes.h"
#include "space/samplers.h"

namespace latent {
namespace {

const Codebook& expect_codebook(const OpenedRun& run, const std::string& sampler) {
  const Codebook* codebook = run.model->bottleneck().codebook();
  if (codebook == nullptr) {
    throw Error("--sampler " + sampler +
                ": needs a run with a codebook (model.bottleneck vq or fsq); expected prior, "
                "posterior or gmm");
  }
  return *codebook;
}

// Each place's code by itself, as often as training images have it there.
Tensor draw_codes(const OpenedRun& run, const LatentRequest& request, at::Generator& noise) {
  const Codebook& codebook = expect_codebook(run, "codes");
  const Tensor indices = split_indices(run, Split::kTrain, request.quiet);  // [N, P]
  const Tensor chosen =
      at::randint(indices.size(0), {request.count, indices.size(1)}, noise, at::kLong);
  return codebook.latents(indices.gather(0, chosen));
}

Tensor draw_autoregressive(const OpenedRun& run, const LatentRequest& request,
                           at::Generator& noise) {
  const Codebook& codebook = expect_codebook(run, kAutoregressive);
  const TrainedPrior prior = TrainedPrior::open(run, kAutoregressive);
  Tensor told;
  if (!request.attribute.empty() && !prior.condition().empty())
    told = prior.condition().row(request.attribute, "--attribute");
  return codebook.latents(prior.sample(request.count, told, request.temperature, noise));
}

RuleLatents draw_autoregressive_where(const OpenedRun& run, const TrainingRule& rule,
                                      const LatentRequest& request, at::Generator& noise) {
  expect_codebook(run, kAutoregressive);
  if (TrainedPrior::open(run, kAutoregressive).condition().empty()) {
    throw Error(fmt::format(
        "{} {}: this run's prior is not conditioned on anything; expected one that is: latent "
        "prior train --set condition=label --overwrite",
        rule.where, rule.rule));
  }
  LatentRequest asked = request;
  asked.attribute = rule.rule;
  return {draw_autoregressive(run, asked, noise), 0};
}

// A plain autoencoder has no prior; it samples the box of its training latents, as in Foster's
// book. Codes come from their learned prior, or one by one before it is trained.
Tensor draw_prior(const OpenedRun& run, const LatentRequest& request, at::Generator& noise) {
  if (run.model->bottleneck().codebook() != nullptr) {
    return TrainedPrior::exists(run, kAutoregressive) ? draw_autoregressive(run, request, noise)
                                                      : draw_codes(run, request, noise);
  }
  if (const Prior* prior = run.model->bottleneck().prior())
    return prior->sample(request.count, request.temperature, noise);
  return space::sample_box(split_codes(run, Split::kTrain, request.quiet).code, request.count,
                           request.temperature, noise);
}

Tensor draw_posterior(const OpenedRun& run, const LatentRequest& request, at::Generator& noise) {
  const Latent codes = split_codes(run, Split::kTrain, request.quiet);
  return space::sample_posterior(codes, request.count, request.temperature, noise);
}

Tensor draw_mixture(const OpenedRun& run, const LatentRequest& request, at::Generator& noise) {
  return training_mixture(run, request.components, request.quiet)
      .sample(request.count, request.temperature, noise);
}

RuleLatents draw_posterior_where(const OpenedRun& run, const TrainingRule& rule,
                                 const LatentRequest& request, at::Generator& noise) {
  const Examples train = run.load(Split::kTrain);
  const Tensor rows = rows_where(train, rule.rule, rule.where);
  const Latent codes = select(split_codes(run, Split::kTrain, train, request.quiet), rows);
  return {space::sample_posterior(codes, request.count, request.temperature, noise), rows.size(0)};
}

RuleLatents draw_mixture_where(const OpenedRun& run, const TrainingRule& rule,
                               const LatentRequest& request, at::Generator& noise) {
  const auto [mixture, images] =
      training_mixture_where(run, rule.rule, rule.where, request.components, request.quiet);
  return {mixture.sample(request.count, request.temperature, noise), images};
}

Tensor draw_manifold(const OpenedRun& run, const LatentRequest& request, at::Generator&) {
  if (run.model->latent_dim() != 2) {
    throw Error(fmt::format(
        "--sampler manifold: needs a run with model.latent_dim 2; this run has {}; expected prior, "
        "posterior or gmm",
        run.model->latent_dim()));
  }
  const Prior* prior = run.model->bottleneck().prior();
  if (prior && prior->is_standard_normal())
    return space::normal_grid(request.side) * request.temperature;
  const Tensor grid =
      space::box_grid(split_codes(run, Split::kTrain, request.quiet).code, request.side);
  const Tensor middle = grid.mean(0);
  return middle + (grid - middle) * request.temperature;
}

}  // namespace

const Registry<SamplerRow>& samplers() {
  static Registry<SamplerRow> registry(
      "sampler",
      {
          {"prior",
           "the prior; for a plain autoencoder the box of its training latents; for codes "
           "autoregressive once it is trained, else codes",
           draw_prior},
          {"posterior", "the latents of random training images, sampled from their posteriors",
           draw_posterior, draw_posterior_where},
          {"gmm", "a Gaussian mixture fitted to the training latents", draw_mixture,
           draw_mixture_where},
          {"codes", "each place's code as often as in training images, one by one", draw_codes},
          {kAutoregressive, "codes one after the other, from latent prior train",
           draw_autoregressive, draw_autoregressive_where},
          {"manifold", "a grid over two latents, at equal steps of the prior's probability",
           draw_manifold},
      });
  return registry;
}

bool suits(const SamplerRow& sampler, const OpenedRun& run) {
  const bool codes = run.model->bottleneck().codebook() != nullptr;
  if (sampler.name == kAutoregressive) return codes && TrainedPrior::exists(run, kAutoregressive);
  if (sampler.name == "codes") return codes;
  if (sampler.name == "manifold") return !codes && run.model->latent_dim() <= 2;
  return sampler.name != "gmm" || !codes;
}

Tensor draw_latents(const OpenedRun& run, const SamplerRow& sampler, const LatentRequest& request,
                    at::Generator& noise) {
  return run.model->bottleneck().nearest_valid(sampler.draw(run, request, noise));
}

RuleLatents draw_latents_where(const OpenedRun& run, const SamplerRow& sampler,
                               const TrainingRule& rule, const LatentRequest& request,
                               at::Generator& noise) {
  if (sampler.draw_where == nullptr) {
    std::vector<std::string> able;
    for (const auto& row : samplers().rows()) {
      if (row.draw_where != nullptr && suits(row, run)) able.push_back(row.name);
    }
    throw Error(
        fmt::format("{} {}: the sampler {} knows no classes, and this run's model has no "
                    "condition; expected --sampler {}",
                    rule.where, rule.rule, sampler.name, join(able, " or ")));
  }
  RuleLatents drawn = sampler.draw_where(run, rule, request, noise);
  drawn.z = run.model->bottleneck().nearest_valid(drawn.z);
  return drawn;
}

Tensor random_latents(const OpenedRun& run, const LatentRequest& request, at::Generator& noise) {
  return draw_latents(run, samplers().rows().front(), request, noise);
}

}  // namespace latent
