#include <ATen/ATen.h>

#include "space/disentanglement/scores.h"

namespace latent::space {

double modularity(const Tensor& codes, const Tensor& factors) {
  const Tensor squared = latent_factor_information(codes, factors).square();  // [Z, K]
  const Tensor most = std::get<0>(squared.max(1));
  const double others = static_cast<double>(factors.size(1)) - 1;
  const Tensor each = 1 - (squared.sum(1) - most) / (most * others);
  // A latent without any information is not modular.
  return at::where(most > 0, each, at::zeros({}, at::kDouble)).mean().item<double>();
}

std::vector<ScoreFigure> modularity_figures(const DisentanglementInput& input) {
  return {{"modularity", modularity(input.images.codes, input.images.factors)}};
}

}  // namespace latent::space
