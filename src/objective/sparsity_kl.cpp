#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

struct SparsityKlOptions {
  double weight = 1.0;
  double target = 0.05;
};

// weight * the sum over the units of KL(Bernoulli(target) || Bernoulli(mean activation of the unit
// over the batch)). Source: Ng 2011, "Sparse autoencoder" (CS294A lecture notes).
class SparsityKl : public Penalty {
 public:
  explicit SparsityKl(SparsityKlOptions options) : options_(options) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor mean = input.output.latent.z.flatten(1).mean(0).clamp(kEdge, 1 - kEdge);  // [Z]
    const double target = options_.target;
    const Tensor divergence = (target * (std::log(target) - mean.log()) +
                               (1 - target) * (std::log1p(-target) - at::log1p(-mean)))
                                  .sum();
    return {.terms = {divergence}, .added = options_.weight * divergence};
  }
  bool compares_images() const override { return true; }

 private:
  static constexpr double kEdge = 1e-6;  // keeps the logarithms of units always off or on finite

  SparsityKlOptions options_;
};

}  // namespace

PenaltyPlan configure_sparsity_kl_penalty(Section& section) {
  SparsityKlOptions options;
  section.read("weight", options.weight, at_least(0.0), "weight of the sum over the units");
  section.read("target", options.target,
               Range{.low = 0, .high = 1, .low_excluded = true, .high_excluded = true},
               "target of each unit's mean activation");
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    if (!context.bottleneck.unit_interval()) {
      throw Error(where +
                  ": compares mean activations from 0 to 1, but this code is not limited to them; "
                  "expected model.bottleneck {\"name\": \"point\", \"activation\": \"sigmoid\"}");
    }
    return std::make_shared<SparsityKl>(options);
  };
  return {.terms = {"sparsity_kl"}, .make = make};
}

}  // namespace latent
