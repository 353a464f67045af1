#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

struct KlOptions {
  double weight = 1.0;
  double warmup_epochs = 0.0;
  double capacity = 0.0;
};

// beta * KL (Higgins et al. 2017), or beta * |KL - C| with a growing capacity C (Burgess et al.
// 2018, arXiv:1804.03599).
class Kl : public Penalty {
 public:
  explicit Kl(KlOptions options) : options_(options) { schedule(0); }

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const auto& [mean, logvar] = *input.output.latent.posterior;
    const Tensor kl = gaussian_kl(mean, logvar).flatten(1).sum(1).mean();
    return {.terms = {kl},
            .added = weight_ * (options_.capacity > 0 ? at::abs(kl - capacity_) : kl)};
  }
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
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    if (!context.bottleneck.has_posterior()) {
      throw Error(where +
                  ": a point bottleneck has no distribution; expected model.bottleneck "
                  "\"gaussian\", or no kl (null switches it off)");
    }
    return std::make_shared<Kl>(options);
  };
  return {.terms = {"kl"}, .remedies = {section.path() + ".warmup_epochs"}, .make = make};
}

}  // namespace latent
