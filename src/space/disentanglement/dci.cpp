#include <ATen/ATen.h>

#include <cmath>

#include "space/disentanglement/scores.h"
#include "statistics/boosted_trees.h"

namespace latent::space {
namespace {

constexpr double kImportanceFloor = 1e-11;  // so that the entropy of a zero is defined

// Returns 1 - the entropy of each row, to the base of the row's length: [R].
Tensor one_sidedness(const Tensor& rows) {
  if (rows.size(1) == 1) return at::ones({rows.size(0)}, at::kDouble);
  const Tensor raised = rows + kImportanceFloor;
  const Tensor p = raised / raised.sum(1, /*keepdim=*/true);
  return 1 + at::xlogy(p, p).sum(1) / std::log(static_cast<double>(rows.size(1)));
}

double weighted_one_sidedness(const Tensor& rows) {
  const Tensor weight = rows.sum(1);
  const Tensor sum = weight.sum();
  const Tensor share =
      sum.item<double>() > 0 ? weight / sum : at::full_like(weight, 1.0 / double(weight.numel()));
  return (one_sidedness(rows) * share).sum().item<double>();
}

}  // namespace

Dci dci_of(const Tensor& importances) {
  expect_shape(importances, {-1, -1}, "importances");
  return {.disentanglement = weighted_one_sidedness(importances),
          .completeness = weighted_one_sidedness(importances.t())};
}

Dci dci_gbt(const FactoredCodes& learned, const FactoredCodes& tested) {
  std::vector<Tensor> importances;
  double accuracy = 0;
  const int64_t factors = learned.factors.size(1);
  for (int64_t k = 0; k < factors; ++k) {
    const Tensor classes = learned.factors.select(1, k);
    const auto model =
        statistics::fit_boosted_trees(learned.codes, classes, classes.max().item<int64_t>() + 1);
    importances.push_back(model.importances);
    accuracy += model.predict(tested.codes)
                    .eq(tested.factors.select(1, k))
                    .to(at::kDouble)
                    .mean()
                    .item<double>();
  }
  Dci found = dci_of(at::stack(importances, 1));
  found.informativeness = accuracy / static_cast<double>(factors);
  return found;
}

std::vector<ScoreFigure> dci_gbt_figures(const DisentanglementInput& input) {
  const Dci found = dci_gbt(input.learned, input.tested);
  return {{"disentanglement", found.disentanglement},
          {"completeness", found.completeness},
          {"informativeness", found.informativeness}};
}

}  // namespace latent::space
