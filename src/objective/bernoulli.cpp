#include <ATen/ATen.h>

#include "model/activation.h"
#include "objective/likelihood.h"

namespace latent {
namespace {

// Binary cross-entropy on logits: -log p(x) for pixels in [0, 1] as the probabilities of being
// white.
class Bernoulli : public Likelihood {
 public:
  Tensor nll(const Tensor& images, const Tensor& decoded) const override {
    return at::binary_cross_entropy_with_logits(decoded, images, {}, {}, at::Reduction::None)
        .flatten(1)
        .sum(1);  // [B]
  }
  Tensor mean(const Tensor& decoded) const override { return at::sigmoid(decoded); }
  LayerSpec picture_spec() const override { return activation_spec("sigmoid"); }
  double omitted_constant() const override { return 0; }
  bool is_binary() const override { return true; }
  bool unit_interval() const override { return true; }
};

}  // namespace

LikelihoodMaker configure_bernoulli_likelihood(Section&) {
  return [] { return std::make_shared<Bernoulli>(); };
}

}  // namespace latent
