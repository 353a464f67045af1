#include "objective/objective.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent {

Objective::Objective(std::shared_ptr<Likelihood> likelihood, double weight,
                     std::vector<std::pair<std::string, std::unique_ptr<Penalty>>> penalties)
    : likelihood_(register_module("likelihood", std::move(likelihood))),
      weight_(weight),
      penalties_(std::move(penalties)) {}

Loss Objective::operator()(const Tensor& images, const Output& output) const {
  expect_shape(output.decoded, {images.size(0), images.size(1), images.size(2), images.size(3)},
               "decoded images");
  Loss loss;
  const Tensor nll = likelihood_->nll(images, output.decoded).mean();
  loss.terms.emplace_back("nll", nll);
  loss.total = weight_ * nll;
  for (const auto& [name, penalty] : penalties_) {
    const Tensor value = penalty->value(output.latent);
    loss.total = loss.total + penalty->weighted(value);
    loss.terms.emplace_back(name, value);
  }
  return loss;
}

void Objective::schedule(double epoch) {
  for (auto& [name, penalty] : penalties_)
    penalty->schedule(epoch);
}

std::vector<std::string> Objective::term_names() const {
  std::vector<std::string> names{"nll"};
  for (const auto& [name, penalty] : penalties_)
    names.push_back(name);
  return names;
}

bool Objective::sparse() const {
  return std::any_of(penalties_.begin(), penalties_.end(),
                     [](const auto& named) { return named.second->sparse(); });
}

void Objective::move_to(const c10::Device& device) {
  to(device);
  for (auto& [name, penalty] : penalties_)
    penalty->to(device);
}

std::shared_ptr<Objective> ObjectivePlan::make(const Autoencoder& model) const {
  std::vector<std::pair<std::string, std::unique_ptr<Penalty>>> made;
  for (const auto& [name, maker] : penalties)
    made.emplace_back(name, maker(model.bottleneck()));
  return std::make_shared<Objective>(likelihood(), likelihood_weight, std::move(made));
}

void configure_likelihood(const LikelihoodRow& row, Section& section, ObjectivePlan& plan) {
  plan.likelihood = row.configure(section);
  section.read("weight", plan.likelihood_weight, at_least(0.0),
               "weight of the likelihood; 0 leaves only the penalties");
}

ObjectivePlan configure_objective(Section section, bool probabilistic) {
  ObjectivePlan plan;
  Component likelihood = section.component("likelihood", "bernoulli", likelihoods().names(),
                                           "how the decoder's output explains the clean images");
  configure_likelihood(likelihoods().find(likelihood.name, "objective.likelihood"),
                       likelihood.section, plan);
  section.offer(penalties().names());
  for (const auto& row : penalties().rows()) {
    if (!section.has(row.name) && !(row.implied_by_prior && probabilistic)) continue;
    Section options = section.section(row.name);
    plan.penalties.emplace_back(row.name, row.configure(options));
  }
  return plan;
}

}  // namespace latent
