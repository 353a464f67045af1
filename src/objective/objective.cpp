#include "objective/objective.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"

namespace latent {

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
                     std::vector<ChosenPenalty> penalties, const PenaltyContext& context)
    : likelihood_(register_module("likelihood", std::move(likelihood))),
      weight_(weight),
      losses_(context.bottleneck.loss_names()),
      chosen_(std::move(penalties)) {
  for (const auto& [row, plan] : chosen_)
    penalties_.push_back(register_module(row->name, plan.make(context)));
}

Loss Objective::operator()(const Tensor& images, const Output& output,
                           const std::optional<Noise>& noise) const {
  expect_shape(output.decoded, {images.size(0), images.size(1), images.size(2), images.size(3)},
               "decoded images");
  Loss loss;
  const Tensor nll = likelihood_->nll(images, output.decoded).mean();
  loss.terms.push_back({"nll", nll});
  loss.total = weight_ * nll;
  TORCH_CHECK(output.latent.losses.size() == losses_.size(), "the bottleneck gives ",
              output.latent.losses.size(), " losses and names ", losses_.size());
  for (const auto& own : output.latent.losses) {
    loss.total = loss.total + own.value;
    loss.terms.push_back(own);
  }
  for (size_t i = 0; i < penalties_.size(); ++i) {
    const auto& names = chosen_[i].plan.terms;
    PenaltyValue value = (*penalties_[i])({.images = images, .output = output, .noise = noise});
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
  return std::make_shared<Objective>(likelihood(), likelihood_weight, penalties, context);
}

void configure_likelihood(const LikelihoodRow& row, Section& section, ObjectivePlan& plan) {
  plan.likelihood = row.configure(section);
  section.read("weight", plan.likelihood_weight, at_least(0.0),
               "weight of the likelihood; 0 leaves only the penalties");
}

ObjectivePlan configure_objective(Section section, bool has_posterior) {
  ObjectivePlan plan;
  Component likelihood = section.component("likelihood", "bernoulli", likelihoods().names(),
                                           "how the decoder's output explains the clean images");
  configure_likelihood(likelihoods().find(likelihood.name, "objective.likelihood"),
                       likelihood.section, plan);
  section.offer(penalties().names());
  for (const auto& row : penalties().rows()) {
    if (!section.has(row.name) && !(row.implied_by_posterior && has_posterior)) continue;
    if (section.switched_off(row.name)) continue;
    Section options = section.section(row.name);
    plan.penalties.push_back({&row, row.configure(options)});
  }
  return plan;
}

}  // namespace latent
