#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/checkup/checkup.h"
#include "analysis/measure_context.h"
#include "measure/choice.h"
#include "measure/latents.h"
#include "measure/sparsity.h"
#include "train/evaluation.h"

namespace latent {
namespace {

using Kind = Finding::Kind;

constexpr int64_t kMaxImages = 2000;
constexpr int64_t kMaxPictures = 500;
constexpr double kSamePictures = 0.01;  // variance_share below which all pictures look the same
constexpr double kMaxSaturated = 0.5;   // share of a sigmoid's codes
constexpr double kSaturatedMore =
    0.25;                             // share of values at 0 or 1 in excess of that of the images
constexpr double kMaxOutside = 0.01;  // share of values outside [0, 1]
constexpr double kSigmaFactor =
    3;  // largest ratio of a fixed sigma and the error that it describes

constexpr double kCollapsed = 1.5;    // perplexity below which codes tell nearly nothing
constexpr double kEnoughCodes = 0.5;  // share that is used of those that could be

double share(const Tensor& condition) { return condition.to(at::kDouble).mean().item<double>(); }

double at_the_ends(const Tensor& values, double margin) {
  return share(at::logical_or(values<margin, values> 1 - margin));
}

// The value of a key such as "objective.kl.weight" in the config; null if it has none.
nlohmann::ordered_json setting(const Config& config, const std::string& key) {
  return config.resolved().value(nlohmann::ordered_json::json_pointer(json_pointer_of(key)),
                                 nlohmann::ordered_json());
}

std::optional<double> number(const Config& config, const std::string& key) {
  const auto value = setting(config, key);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

// "objective.kl.weight (now 4)".
std::string now(const Config& config, const std::string& key) {
  const auto value = number(config, key);
  return value ? fmt::format("{} (now {:g})", key, *value) : key;
}

std::string sparsity_key(const Config& config) {
  for (const auto& row : penalties().rows()) {
    if (!row.sparse) continue;
    const std::string key = "objective." + row.name + ".weight";
    // A weight of 0 has no effect.
    if (number(config, key).value_or(0) > 0) return now(config, key);
  }
  return now(config, "train.optimizer.learning_rate");
}

// What makes a run use more of its codes.
std::string more_codes(const ModelFacts& facts, const Config& config) {
  if (setting(config, "model.bottleneck.name") == "fsq")
    return "set fewer model.bottleneck.levels, or train longer";
  const auto revive = number(config, "model.bottleneck.revive").value_or(0);
  const std::string first = revive == 0
                                ? "set model.bottleneck.revive to 0.03"
                                : fmt::format("raise model.bottleneck.revive (now {:g})", revive);
  return fmt::format("{}, lower {}, train longer, or set model.bottleneck.codes to {}", first,
                     now(config, "train.optimizer.learning_rate"),
                     std::max<int64_t>(2, facts.codes->used));
}

void check_codes(const ModelFacts& facts, const Config& config, Findings& findings) {
  const CodeUse& use = *facts.codes;
  const int64_t most = std::min(use.codes, facts.seen_places);
  const std::string found =
      fmt::format("{} of {} used, perplexity {:.1f}", use.used, use.codes, use.perplexity);
  if (use.perplexity < kCollapsed) {
    findings.push_back({Kind::kProblem, "codes", "the codebook has collapsed: " + found,
                        more_codes(facts, config)});
  } else if (static_cast<double>(use.used) < kEnoughCodes * static_cast<double>(most)) {
    findings.push_back({Kind::kWarning, "codes", found, more_codes(facts, config)});
  } else {
    findings.push_back({Kind::kGood, "codes", found, ""});
  }
}

void check_latents(const ModelFacts& facts, const Config& config, Findings& findings) {
  if (facts.codes) return check_codes(facts, config, findings);
  const std::string lower =
      facts.has_posterior ? now(config, "objective.kl.weight") : sparsity_key(config);
  if (facts.used == 0) {
    findings.push_back(
        {Kind::kProblem, "latents",
         facts.has_posterior
             ? fmt::format(
                   "posterior collapse: none of the {} latents carries more than {} nats (KL "
                   "{:.3f} nats)",
                   facts.latents, kUsedNats, facts.kl)
             : fmt::format("none of the {} units differs between images", facts.latents),
         "lower " + lower +
             (facts.has_posterior ? ", or let it grow: " + now(config, "objective.kl.warmup_epochs")
                                  : "")});
  } else if (facts.dead > 0) {
    const std::string rate = now(config, "train.optimizer.learning_rate");
    findings.push_back({Kind::kWarning, "latents",
                        fmt::format("{} of {} units are dead: {}", facts.dead, facts.latents,
                                    dead_units_text(facts.unit_interval)),
                        "lower " + lower + (lower == rate ? "" : " or " + rate)});
  } else if (facts.used < facts.latents) {
    findings.push_back(
        {Kind::kWarning, "latents",
         fmt::format("{} of {} latents {}", facts.latents - facts.used, facts.latents,
                     facts.has_posterior ? fmt::format("carry at most {} nats of KL", kUsedNats)
                                         : "hardly vary between images (variance below 1e-8)"),
         fmt::format(
             "lower {} to use more of them, or set model.latent_dim to {}: the results should "
             "stay much the same",
             lower, facts.used)});
  } else {
    findings.push_back(
        {Kind::kGood, "latents",
         fmt::format("all {} {}", facts.latents,
                     facts.has_posterior ? fmt::format("carry more than {} nats of KL", kUsedNats)
                                         : "vary between images"),
         ""});
  }
  if (facts.unit_interval && facts.saturated_codes > kMaxSaturated) {
    findings.push_back(
        {Kind::kWarning, "latents",
         fmt::format("{:.0f}% of the sigmoid's codes are at 0 or 1", 100 * facts.saturated_codes),
         "lower " + now(config, "train.optimizer.learning_rate") +
             ", or set model.bottleneck.activation to none or relu"});
  }
}

void check_sigma(const ModelFacts& facts, const Config& config, Findings& findings) {
  const auto sigma = number(config, "objective.likelihood.value");
  if (!facts.has_posterior || !sigma || setting(config, "objective.likelihood.sigma") != "fixed" ||
      facts.rmse <= 0)
    return;
  if (*sigma < kSigmaFactor * facts.rmse && facts.rmse < kSigmaFactor * *sigma) return;
  findings.push_back(
      {Kind::kWarning, "likelihood",
       fmt::format("its sigma is {:g}, but the root mean squared error is {:.3g}: the KL has {} "
                   "weight than intended",
                   *sigma, facts.rmse, *sigma > facts.rmse ? "more" : "less"),
       "set objective.likelihood.sigma to optimal, or objective.likelihood.value to the error"});
}

void check_pictures(const ModelFacts& facts, const Config& config, Findings& findings) {
  if (facts.variance_share < kSamePictures) {
    findings.push_back(
        {Kind::kWarning, "decoder",
         fmt::format("outputs nearly the same picture for every image: {:.2g} of the "
                     "images' variance",
                     facts.variance_share),
         "lower " + now(config, "train.optimizer.learning_rate") + ", " +
             (facts.has_posterior ? now(config, "objective.kl.weight") : sparsity_key(config)) +
             ", or train longer"});
  }
  if (facts.saturated_outputs > facts.saturated_targets + kSaturatedMore) {
    findings.push_back(
        {Kind::kWarning, "decoder",
         fmt::format(
             "{:.0f}% of its output values are at 0 or 1, but {:.0f}% of the images' values",
             100 * facts.saturated_outputs, 100 * facts.saturated_targets),
         "lower " + now(config, "train.optimizer.learning_rate") + " or set train.clip_norm"});
  }
  if (facts.outside > kMaxOutside) {
    findings.push_back(
        {Kind::kWarning, "likelihood",
         fmt::format("{:.0f}% of the pictures' values are outside [0, 1]", 100 * facts.outside),
         "set objective.likelihood.output to sigmoid"});
  }
  check_sigma(facts, config, findings);
}

}  // namespace

ModelFacts model_facts(const OpenedRun& run, const Examples& all) {
  const torch::NoGradGuard no_grad;
  const Examples examples =
      all.select(at::arange(std::min(all.count(), kMaxImages), at::TensorOptions(at::kLong)));
  run.objective->schedule(std::numeric_limits<double>::infinity());
  const MadeMeasures rmse(choose_measures("rmse"), measure_context(run, examples, 0, true));
  const Evaluation result = evaluate(*run.model, *run.objective, examples,
                                     {.measures = rmse.each(),
                                      .device = run.device,
                                      .corruption = run.corruption,
                                      .condition = run.condition});
  ModelFacts facts;
  facts.has_posterior = run.model->bottleneck().has_posterior();
  facts.unit_interval = run.model->bottleneck().unit_interval();
  facts.latents = run.model->latent_dim();
  facts.rmse = rmse.figures().front().figures.front().value;
  facts.finite = std::isfinite(result.loss);
  if (result.kl.defined()) facts.kl = result.kl.sum().item<double>();
  const Tensor carries =
      result.kl.defined() ? result.kl > kUsedNats : result.mean_variance > kUsedVariance;
  facts.used = carries.sum().item<int64_t>();
  if (result.sparsity) facts.dead = result.sparsity->dead_units;
  if (const Codebook* codes = run.model->bottleneck().codebook()) {
    facts.codes = result.codes;
    facts.seen_places = examples.count() * codes->places();
  }
  const ExampleBatch shown = batch_of(examples, 0, std::min(examples.count(), kMaxPictures));
  const Tensor& images = shown.images;
  const Latent latent = run.encode(shown);
  const Tensor& codes = latent.code;
  const Tensor pictures = run.pictures(codes, latent.condition);
  if (facts.unit_interval) facts.saturated_codes = at_the_ends(codes, 0.01);
  facts.variance_share =
      images.size(0) < 2
          ? 1
          : (pictures.var(0, false).mean() / images.var(0, false).mean()).item<double>();
  if (examples.is_table()) return facts;
  facts.saturated_outputs = at_the_ends(pictures, 0.001);
  facts.saturated_targets = at_the_ends(images, 0.001);
  facts.outside = share(at::logical_or(pictures<-0.01, pictures> 1.01));
  return facts;
}

Findings check_model(const ModelFacts& facts, const Config& config) {
  Findings findings;
  if (!facts.finite) {
    findings.push_back({Kind::kProblem, "model", "its loss is NaN or infinite",
                        "lower " + now(config, "train.optimizer.learning_rate") +
                            " or set train.clip_norm, and train again"});
    return findings;
  }
  check_latents(facts, config, findings);
  check_pictures(facts, config, findings);
  return findings;
}

}  // namespace latent
