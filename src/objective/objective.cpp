#include "objective/objective.h"

#include <ATen/ATen.h>

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/together.h"

namespace latent {

Output with_latents_of_all(const Output& output) {
  if (Together::now() == nullptr) return output;
  Output all = output;
  all.latent.z = rows_of_all(output.latent.z);
  all.latent.code = rows_of_all(output.latent.code);
  if (output.latent.posterior) {
    const auto& [mean, logvar] = *output.latent.posterior;
    all.latent.posterior = Posterior{rows_of_all(mean), rows_of_all(logvar)};
  }
  return all;
}

std::optional<Noise> noise_for_all(const std::optional<Noise>& noise) {
  const Together* together = Together::now();
  if (together == nullptr || !noise) return noise;
  return noise->from(together->place());
}

std::vector<std::string> remedies(const std::vector<ChosenPenalty>& penalties,
                                  const std::string& term) {
  for (const auto& [row, plan] : penalties) {
    if (std::find(plan.terms.begin(), plan.terms.end(), term) != plan.terms.end())
      return plan.remedies;
  }
  return {};
}

void expect_posterior(const PenaltyContext& context, const std::string& section) {
  if (context.bottleneck.has_posterior()) return;
  const std::string name = section.substr(section.find_last_of(". ") + 1);
  throw Error(
      section +
      ": a point bottleneck has no distribution; expected model.bottleneck \"gaussian\", or "
      "no " +
      name + " (null switches it off)");
}

Objective::Objective(std::shared_ptr<Likelihood> likelihood, double weight,
                     std::shared_ptr<const Bound> bound, std::vector<ChosenPenalty> penalties,
                     const PenaltyContext& context)
    : likelihood_(register_module("likelihood", std::move(likelihood))),
      weight_(weight),
      bound_(std::move(bound)),
      losses_(context.bottleneck.loss_names()),
      chosen_(std::move(penalties)) {
  for (const auto& [row, plan] : chosen_)
    penalties_.push_back(register_module(row->name, plan.make(context)));
}

Loss Objective::operator()(const Tensor& images, const Output& output,
                           const std::optional<Noise>& noise) const {
  const int64_t several = samples();
  expect_shape(output.decoded,
               {several * images.size(0), images.size(1), images.size(2), images.size(3)},
               "decoded images");
  Loss loss;
  const Tensor explained = several == 1 ? images : images.repeat({several, 1, 1, 1});
  const Tensor each = likelihood_->nll(explained, output.decoded);
  const Tensor nll = each.mean();
  loss.terms.push_back({"nll", nll});
  if (bound_) {
    loss.total = bound_->negative(each, output.latent);
    loss.terms.push_back({"bound", -loss.total});
  } else {
    loss.total = weight_ * nll;
  }
  TORCH_CHECK(output.latent.losses.size() == losses_.size(), "the bottleneck gives ",
              output.latent.losses.size(), " losses and names ", losses_.size());
  for (const auto& own : output.latent.losses) {
    loss.total = loss.total + own.value;
    loss.terms.push_back(own);
  }
  const Output one = first_sample(output, several);
  std::optional<Output> all;  // made when a penalty asks
  for (size_t i = 0; i < penalties_.size(); ++i) {
    const auto& names = chosen_[i].plan.terms;
    const bool compares = penalties_[i]->compares_images();
    if (compares && !all) all = with_latents_of_all(one);
    PenaltyValue value = (*penalties_[i])({.images = images,
                                           .output = compares ? *all : one,
                                           .noise = compares ? noise_for_all(noise) : noise});
    TORCH_CHECK(value.terms.size() == names.size(), "penalty ", chosen_[i].row->name, " gives ",
                value.terms.size(), " terms and names ", names.size());
    loss.total = loss.total + value.added;
    for (size_t j = 0; j < names.size(); ++j)
      loss.terms.push_back({names[j], std::move(value.terms[j])});
  }
  return loss;
}

void Objective::schedule(double epoch) {
  for (const auto& penalty : penalties_)
    penalty->schedule(epoch);
}

std::vector<std::string> Objective::term_names() const {
  std::vector<std::string> names{"nll"};
  if (bound_) names.emplace_back("bound");
  names.insert(names.end(), losses_.begin(), losses_.end());
  for (const auto& [row, plan] : chosen_)
    names.insert(names.end(), plan.terms.begin(), plan.terms.end());
  return names;
}

bool Objective::sparse() const {
  return std::any_of(chosen_.begin(), chosen_.end(),
                     [](const ChosenPenalty& penalty) { return penalty.row->sparse; });
}

bool Objective::is_noisy() const {
  return std::any_of(penalties_.begin(), penalties_.end(),
                     [](const auto& penalty) { return penalty->is_noisy(); });
}

std::vector<std::pair<std::string, Adversary*>> Objective::adversaries() const {
  std::vector<std::pair<std::string, Adversary*>> all;
  for (size_t i = 0; i < penalties_.size(); ++i) {
    if (Adversary* adversary = penalties_[i]->adversary())
      all.emplace_back(chosen_[i].row->name, adversary);
  }
  return all;
}

void Objective::move_to(const c10::Device& device) {
  to(device);
  for (const auto& [name, adversary] : adversaries())
    adversary->module().to(device);
}

std::shared_ptr<Objective> ObjectivePlan::make(const Autoencoder& model, int64_t training_images,
                                               uint64_t seed) const {
  const PenaltyContext context{.bottleneck = model.bottleneck(),
                               .images = model.output_shape(),
                               .training_images = training_images,
                               .seed = seed};
  return std::make_shared<Objective>(likelihood(), likelihood_weight, bound, penalties, context);
}

void configure_likelihood(const LikelihoodRow& row, Section& section, ObjectivePlan& plan) {
  plan.likelihood = row.configure(section);
  section.read("weight", plan.likelihood_weight, at_least(0.0),
               "weight of the likelihood; 0 leaves only the penalties");
}

namespace {

const BoundRow& read_bound(Section& section, bool has_posterior, ObjectivePlan& plan) {
  Component chosen = section.component("bound", "elbo", bounds().names(),
                                       "the bound on the likelihood that training maximises");
  const BoundRow& row = bounds().find(chosen.name, "objective.bound");
  plan.bound = row.configure(chosen.section);
  if (!plan.bound) return row;
  if (!has_posterior) {
    throw Error(section.where("bound") + ": " + row.name +
                " weighs latents of a posterior; expected model.bottleneck \"gaussian\"");
  }
  if (plan.likelihood_weight != 1) {
    throw Error(section.where("likelihood") + fmt::format(".weight: got {}; the bound {} needs 1",
                                                          plan.likelihood_weight, row.name));
  }
  return row;
}

}  // namespace

ObjectivePlan configure_objective(Section section, bool has_posterior) {
  ObjectivePlan plan;
  Component likelihood = section.component("likelihood", "bernoulli", likelihoods().names(),
                                           "how the decoder's output explains the clean images");
  configure_likelihood(likelihoods().find(likelihood.name, "objective.likelihood"),
                       likelihood.section, plan);
  const BoundRow& bound = read_bound(section, has_posterior, plan);
  section.offer(penalties().names());
  for (const auto& row : penalties().rows()) {
    const bool implied = row.implied_by_posterior && has_posterior && bound.beside_kl;
    if (!section.has(row.name) && !implied) continue;
    if (section.switched_off(row.name)) continue;
    if (row.implied_by_posterior && !bound.beside_kl) {
      throw Error(section.where(row.name) + ": is a part of the bound " + bound.name +
                  "; expected no " + row.name);
    }
    Section options = section.section(row.name);
    plan.penalties.push_back({&row, row.configure(options)});
  }
  return plan;
}

}  // namespace latent
