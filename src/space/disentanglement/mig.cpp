#include <ATen/ATen.h>

#include "space/disentanglement/scores.h"
#include "statistics/mutual_information.h"

namespace latent::space {

Tensor latent_factor_information(const Tensor& codes, const Tensor& factors) {
  return statistics::mutual_information(statistics::equal_width_bins(codes, kCodeBins), factors);
}

double top_two_gap(const Tensor& scores) {
  const Tensor falling = std::get<0>(scores.sort(0, /*descending=*/true));
  const Tensor gaps = falling.size(0) > 1 ? falling[0] - falling[1] : falling[0];
  return gaps.mean().item<double>();
}

double mig(const Tensor& codes, const Tensor& factors) {
  return top_two_gap(latent_factor_information(codes, factors) / statistics::entropy(factors));
}

std::vector<ScoreFigure> mig_figures(const DisentanglementInput& input) {
  return {{"mig", mig(input.images.codes, input.images.factors)}};
}

}  // namespace latent::space
