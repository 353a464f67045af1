#include <ATen/ATen.h>

#include "space/disentanglement/scores.h"

namespace latent::space {
namespace {

constexpr double kNoVariance = 1e-12;  // a latent below this correlates with nothing

}  // namespace

double sap_continuous(const Tensor& codes, const Tensor& values) {
  const Tensor z = codes - codes.mean(0), v = values - values.mean(0);
  const double freedom = static_cast<double>(codes.size(0)) - 1;
  const Tensor covariance = z.t().mm(v) / freedom;  // [Z, K]
  const Tensor of_z = z.square().sum(0) / freedom, of_v = v.square().sum(0) / freedom;
  const Tensor squared = covariance.square() / (of_z.unsqueeze(1) * of_v);
  return top_two_gap(
      at::where(of_z.unsqueeze(1) > kNoVariance, squared, at::zeros({}, at::kDouble)));
}

std::vector<ScoreFigure> sap_figures(const DisentanglementInput& input) {
  return {{"sap", sap_continuous(input.images.codes, input.images.values)}};
}

}  // namespace latent::space
