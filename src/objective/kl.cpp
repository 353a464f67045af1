#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

struct KlOptions {
  double weight = 1.0;
  double warmup_epochs = 0.0;
  double capacity = 0.0;
  double target = 0.0;
  double target_rate = 0.005;
  double free_nats = 0.0;
};

// beta * KL (Higgins et al. 2017), or beta * |KL - C| with a growing capacity C (Burgess et al.
// 2018, arXiv:1804.03599). Free nats leave each latent whose mean KL is less alone (Kingma et al.
// 2016, arXiv:1606.04934).
class Kl : public Penalty {
 public:
  explicit Kl(KlOptions options) : options_(options) { schedule(0); }

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const auto& [mean, logvar] = *input.output.latent.posterior;
    const Tensor each = gaussian_kl(mean, logvar).flatten(1);  // [B, Z]
    const Tensor kl = each.sum(1).mean();
    Tensor costly = kl;
    if (options_.capacity > 0) costly = at::abs(kl - capacity_);
    if (options_.free_nats > 0) costly = each.mean(0).clamp_min(options_.free_nats).sum();
    return {.terms = {kl}, .added = weight_ * costly};
  }
  // A mean of each image's KL is none of |KL - C|, nor of a KL that is free up to a limit.
  bool compares_images() const override { return options_.capacity > 0 || options_.free_nats > 0; }
  void schedule(double epoch) override {
    const double grown =
        options_.warmup_epochs > 0 ? std::min(1.0, epoch / options_.warmup_epochs) : 1.0;
    if (grown == grown_) return;  // filling costs a kernel launch on a GPU
    grown_ = grown;
    // With a capacity the weight is constant and the capacity grows; without one the weight grows.
    weight_.fill_(options_.capacity > 0 ? options_.weight : options_.weight * grown);
    capacity_.fill_(options_.capacity * grown);
  }
  using Penalty::to;
  void to(c10::Device device, bool non_blocking) override {
    Penalty::to(device, non_blocking);
    weight_ = weight_.to(device);
    capacity_ = capacity_.to(device);
  }

 private:
  KlOptions options_;
  double grown_ = -1;  // as last set
  // Tensors, not numbers, because a CUDA graph would capture a number as a constant. Not buffers:
  // the schedule sets them, so no checkpoint needs them.
  Tensor weight_ = at::zeros({});
  Tensor capacity_ = at::zeros({});
};

// beta * KL with a weight that each training step moves, by at most a small factor, until the KL
// is the target. Source: the multiplicative update of Rezende and Viola 2018, arXiv:1810.00597, for
// a constraint on the KL.
class ControlledKl : public Penalty {
 public:
  explicit ControlledKl(KlOptions options) : options_(options) {
    log_weight_ = register_buffer("log_weight", at::full({}, std::log(options.weight)));
  }

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const auto& [mean, logvar] = *input.output.latent.posterior;
    const Tensor kl = gaussian_kl(mean, logvar).flatten(1).sum(1).mean();
    const Tensor weight = at::exp(log_weight_);
    if (at::GradMode::is_enabled()) {  // in training, not in an evaluation
      const Tensor excess = (kl.detach() / options_.target - 1).clamp(-1, 1);
      log_weight_.add_(excess, options_.target_rate).clamp_(-kWidest, kWidest);
    }
    return {.terms = {kl, weight}, .added = weight * kl};
  }
  bool compares_images() const override { return true; }

 private:
  static constexpr double kWidest = 14;  // the weight stays within a factor of a million of 1

  KlOptions options_;
  Tensor log_weight_;
};

// The three ways to say how much the latents may carry exclude each other.
void refuse_together(const Section& section, const KlOptions& options) {
  const std::pair<const char*, double> ways[] = {
      {"capacity", options.capacity}, {"target", options.target}, {"free_nats", options.free_nats}};
  std::string first;
  for (const auto& [key, value] : ways) {
    if (value <= 0) continue;
    if (!first.empty())
      throw Error(section.where(key) + ": given beside " + first + "; expected one of the two");
    first = key;
  }
  if (options.target > 0 && options.weight <= 0)
    throw Error(section.where("weight") +
                ": got 0 beside target; expected the weight to begin with");
  if (options.target > 0 && options.warmup_epochs > 0)
    throw Error(section.where("warmup_epochs") +
                ": given beside target, which moves the weight itself; expected one of the two");
}

}  // namespace

PenaltyPlan configure_kl_penalty(Section& section) {
  KlOptions options;
  section.read("weight", options.weight, at_least(0.0), "weight of the KL term: beta");
  section.read(
      "warmup_epochs", options.warmup_epochs, at_least(0.0),
      "epochs over which the weight (or the capacity, if there is one) grows linearly from 0");
  section.read(
      "capacity", options.capacity, at_least(0.0),
      "nats that the latents may carry: the term becomes weight * |KL - capacity|; 0: off");
  section.read("target", options.target, at_least(0.0),
               "nats that the latents should carry: training moves the weight until the term is "
               "that; 0: off");
  section.read("target_rate", options.target_rate, between(1e-6, 1),
               "the most that a step changes the logarithm of the weight, towards the target");
  section.read("free_nats", options.free_nats, at_least(0.0),
               "nats that each latent may carry at no cost; 0: off");
  refuse_together(section, options);
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    expect_posterior(context, where);
    return options.target > 0 ? std::shared_ptr<Penalty>(std::make_shared<ControlledKl>(options))
                              : std::make_shared<Kl>(options);
  };
  std::vector<std::string> terms{"kl"};
  if (options.target > 0) terms.emplace_back("kl_weight");
  return {.terms = std::move(terms), .remedies = {section.path() + ".warmup_epochs"}, .make = make};
}

}  // namespace latent
