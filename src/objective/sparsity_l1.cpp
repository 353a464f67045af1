#include <ATen/ATen.h>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

// weight * sum of |a| over the code, as in sparse coding (Olshausen and Field 1996).
class SparsityL1 : public Penalty {
 public:
  explicit SparsityL1(double weight) : weight_(weight) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor sum = input.output.latent.z.abs().flatten(1).sum(1).mean();
    return {.terms = {sum}, .added = weight_ * sum};
  }

 private:
  double weight_;
};

}  // namespace

PenaltyPlan configure_sparsity_l1_penalty(Section& section) {
  double weight = 1.0;
  section.read("weight", weight, at_least(0.0), "weight of the sum of |a| over the code");
  const auto make = [weight, where = section.where()](const PenaltyContext& context) {
    if (context.bottleneck.has_posterior()) {
      throw Error(where +
                  ": a gaussian bottleneck has no activations to make sparse; expected "
                  "model.bottleneck {\"name\": \"point\", \"activation\": \"relu\"}");
    }
    return std::make_shared<SparsityL1>(weight);
  };
  return {.terms = {"sparsity_l1"}, .make = make};
}

}  // namespace latent
