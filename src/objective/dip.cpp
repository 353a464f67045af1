#include <ATen/ATen.h>

#include "objective/penalty.h"

namespace latent {
namespace {

struct DipOptions {
  std::string kind = "ii";
  double weight = 10;
  double diagonal = 10;
};

// DIP-VAE: draws the covariance of the latents towards the identity. Kind I takes the covariance of
// the means, kind II that of the latents, which adds the mean variance of the posteriors. Source:
// Kumar et al. 2018, arXiv:1711.00848.
class Dip : public Penalty {
 public:
  explicit Dip(DipOptions options) : options_(std::move(options)) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Posterior& posterior = *input.output.latent.posterior;
    const Tensor mean = posterior.mean.flatten(1);  // [B, Z]
    const Tensor centred = mean - mean.mean(0);
    Tensor covariance = centred.t().matmul(centred) / static_cast<double>(mean.size(0));
    if (options_.kind == "ii")
      covariance = covariance + at::diag(at::exp(posterior.logvar.flatten(1)).mean(0));
    const Tensor variances = covariance.diagonal();
    const Tensor off_diagonal = at::square(covariance).sum() - at::square(variances).sum();
    const Tensor diagonal = at::square(variances - 1).sum();
    return {.terms = {off_diagonal, diagonal},
            .added = options_.weight * off_diagonal + options_.diagonal * diagonal};
  }
  bool compares_images() const override { return true; }

 private:
  DipOptions options_;
};

}  // namespace

PenaltyPlan configure_dip_penalty(Section& section) {
  DipOptions options;
  section.read("kind", options.kind, OneOf{{"i", "ii"}},
               "the covariance that is drawn towards the identity: of the means (i), or of the "
               "latents (ii)");
  section.read("weight", options.weight, at_least(0.0),
               "weight of the squared covariances of different latents");
  options.diagonal = options.kind == "i" ? 10 * options.weight : options.weight;
  section.read("diagonal_weight", options.diagonal, at_least(0.0),
               "weight of the squared differences of the variances from 1; by default ten times "
               "the weight for kind i, and the weight for kind ii");
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    expect_posterior(context, where);
    return std::make_shared<Dip>(options);
  };
  return {.terms = {"dip_covariance", "dip_variance"},
          .remedies = {section.path() + ".weight"},
          .smallest_batch = 2,
          .make = make};
}

}  // namespace latent
