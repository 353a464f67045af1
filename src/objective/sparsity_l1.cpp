#include <ATen/ATen.h>

#include "core/error.h"
#include "objective/penalty.h"

namespace latent {
namespace {

// weight * sum of |a| over the code, as in sparse coding (Olshausen and Field 1996).
class SparsityL1 : public Penalty {
 public:
  explicit SparsityL1(double weight) : weight_(weight) {}

  Tensor value(const Latent& latent) const override {
    return latent.z.abs().flatten(1).sum(1).mean();
  }
  Tensor weighted(const Tensor& value) const override { return weight_ * value; }
  bool sparse() const override { return true; }

 private:
  double weight_;
};

}  // namespace

PenaltyMaker configure_sparsity_l1_penalty(Section& section) {
  double weight = 1.0;
  section.read("weight", weight, at_least(0.0), "weight of the sum of |a| over the code");
  return
      [weight, where = section.where()](const Bottleneck& bottleneck) -> std::unique_ptr<Penalty> {
        if (bottleneck.has_posterior()) {
          throw Error(where +
                      ": a gaussian bottleneck has no activations to make sparse; expected "
                      "model.bottleneck {\"name\": \"point\", \"activation\": \"relu\"}");
        }
        return std::make_unique<SparsityL1>(weight);
      };
}

}  // namespace latent
