#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "objective/penalty.h"

namespace latent {
namespace {

struct TotalCorrelationOptions {
  double weight = 5;
  std::string estimate = "stratified";
};

// weight * the total correlation KL(q(z) || prod q(z_j)) of the mixture q(z) of all training
// posteriors, estimated from those of a batch. With `kl` of weight 1 beside it this is beta-TCVAE
// with beta = 1 + weight: the KL divergence is mutual information + total correlation + KL of each
// latent. Source: Chen et al. 2018, arXiv:1802.04942.
class TotalCorrelation : public Penalty {
 public:
  TotalCorrelation(TotalCorrelationOptions options, int64_t training_images)
      : options_(std::move(options)), training_images_(training_images) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Posterior& posterior = *input.output.latent.posterior;
    const Tensor z = input.output.latent.z.flatten(1);  // [B, Z]
    const Tensor mean = posterior.mean.flatten(1), logvar = posterior.logvar.flatten(1);
    const double log_2pi = std::log(2 * std::numbers::pi);
    // log q(z_i | x_j) of each latent: [B, B, Z].
    const Tensor each =
        -0.5 * (at::square(z.unsqueeze(1) - mean) * at::exp(-logvar) + logvar + log_2pi);
    const Tensor weights = log_weights(z.size(0), z.options());  // [B, B]
    const Tensor joint = (each.sum(2) + weights).logsumexp(1);   // log q(z): [B]
    const Tensor single = (each + weights.unsqueeze(2)).logsumexp(1).sum(1);
    const Tensor own = each.diagonal(0, 0, 1).sum(0);  // log q(z|x): [B]
    const Tensor prior = -0.5 * (at::square(z) + log_2pi).sum(1);
    const Tensor tc = (joint - single).mean();
    return {.terms = {(own - joint).mean(), tc, (single - prior).mean()},
            .added = options_.weight * tc};
  }
  bool compares_images() const override { return true; }

 private:
  // The logarithm of the share of the mixture that each posterior of the batch stands for, for each
  // latent (a row).
  Tensor log_weights(int64_t batch, const at::TensorOptions& options) const {
    const auto images = static_cast<double>(std::max(training_images_, batch));
    const auto size = static_cast<double>(batch);
    if (options_.estimate == "weighted")
      return at::full({batch, batch}, -std::log(size * images), options);
    // A latent's own posterior stands for itself, the others of the batch for all others.
    const double self = batch == 1 ? 0 : -std::log(images);
    const double other = std::log((images - 1) / (images * std::max(size - 1, 1.0)));
    Tensor weights = at::full({batch, batch}, other, options);
    weights.diagonal().fill_(self);
    return weights;
  }

  TotalCorrelationOptions options_;
  int64_t training_images_;
};

}  // namespace

PenaltyPlan configure_total_correlation_penalty(Section& section) {
  TotalCorrelationOptions options;
  section.read("weight", options.weight, at_least(0.0),
               "weight of the total correlation, added to its weight 1 in kl: beta - 1");
  section.read(
      "estimate", options.estimate, OneOf{{"stratified", "weighted"}},
      "how a batch stands for all training images: stratified, each latent's own posterior "
      "for itself and the others for the rest; or weighted, which is too high by "
      "(latents - 1) * log(training images), with the same gradient up to noise");
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    expect_posterior(context, where);
    return std::make_shared<TotalCorrelation>(options, context.training_images);
  };
  return {.terms = {"mi", "tc", "dimension_kl"},
          .remedies = {section.path() + ".weight"},
          .smallest_batch = 2,
          .make = make};
}

}  // namespace latent
