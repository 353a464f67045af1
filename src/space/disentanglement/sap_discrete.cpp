#include <ATen/ATen.h>

#include "core/parallel.h"
#include "space/disentanglement/scores.h"
#include "statistics/linear_svm.h"

namespace latent::space {
namespace {

constexpr double kHingeCost = 0.01;

double svm_accuracy(const FactoredCodes& learned, const FactoredCodes& tested, int64_t latent,
                    int64_t factor) {
  const auto model = statistics::fit_line_svm(learned.codes.select(1, latent),
                                              learned.factors.select(1, factor), kHingeCost);
  const Tensor predicted = model.predict(tested.codes.select(1, latent));
  return predicted.eq(tested.factors.select(1, factor)).to(at::kDouble).mean().item<double>();
}

}  // namespace

double sap_discrete(const FactoredCodes& learned, const FactoredCodes& tested) {
  const int64_t latents = learned.codes.size(1), factors = learned.factors.size(1);
  const Tensor accuracies = at::zeros({latents, factors}, at::kDouble);
  for (int64_t z = 0; z < latents; ++z) {
    for (int64_t k = 0; k < factors; ++k)
      accuracies[z][k] = svm_accuracy(learned, tested, z, k);
  }
  return top_two_gap(accuracies);
}

std::vector<ScoreFigure> sap_discrete_figures(const DisentanglementInput& input) {
  return {{"sap_discrete", sap_discrete(input.learned, input.tested)}};
}

}  // namespace latent::space
