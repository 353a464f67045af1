#include <ATen/ATen.h>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

// weight * half the sum of squares over the code: what keeps the codes of a plain autoencoder
// together, so that a density fitted to them can be sampled.  Source: Ghosh et al. 2020,
// arXiv:1903.12436.
class CodeNorm : public Penalty {
 public:
  explicit CodeNorm(double weight) : weight_(weight) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor half = 0.5 * input.output.latent.z.square().flatten(1).sum(1).mean();
    return {.terms = {half}, .added = weight_ * half};
  }

 private:
  double weight_;
};

}  // namespace

PenaltyPlan configure_code_norm_penalty(Section& section) {
  double weight = 1.0;
  section.read("weight", weight, at_least(0.0), "weight of half the sum of squares over the code");
  const auto make = [weight, where = section.where()](const PenaltyContext& context) {
    if (context.bottleneck.has_posterior()) {
      throw Error(where +
                  ": kl already bounds the latents of a gaussian bottleneck; expected "
                  "model.bottleneck \"point\"");
    }
    return std::make_shared<CodeNorm>(weight);
  };
  return {.terms = {"code_norm"}, .make = make};
}

}  // namespace latent
