#include "statistics/ranking.h"

#include <ATen/ATen.h>

namespace latent::statistics {

double auroc(const Tensor& scores, const Tensor& positive) {
  const auto sorted = scores.to(at::kDouble).sort();
  const auto unique = at::unique_consecutive(std::get<0>(sorted), /*return_inverse=*/true,
                                             /*return_counts=*/true);
  const Tensor counts = std::get<2>(unique).to(at::kDouble);
  const Tensor rank = counts.cumsum(0) - (counts - 1) / 2;  // the mean rank of equal scores
  const Tensor is_positive = positive.index({std::get<1>(sorted)});
  const auto ranks = rank.index({std::get<1>(unique)}).index({is_positive}).sum().item<double>();
  const auto p = positive.sum().item<double>();
  const double n = static_cast<double>(positive.numel()) - p;
  TORCH_CHECK(p > 0 && n > 0, "auroc needs positive and negative images");
  return (ranks - p * (p + 1) / 2) / (p * n);
}

double average_precision(const Tensor& scores, const Tensor& positive) {
  const auto sorted = scores.to(at::kDouble).sort(/*dim=*/0, /*descending=*/true);
  const Tensor hit = positive.index({std::get<1>(sorted)}).to(at::kDouble);
  const auto steps = at::unique_consecutive(std::get<0>(sorted), /*return_inverse=*/false,
                                            /*return_counts=*/true);
  const Tensor taken = std::get<2>(steps).cumsum(0);      // [steps]
  const Tensor found = hit.cumsum(0).index({taken - 1});  // positives so far
  const Tensor gained = at::diff(found, 1, 0, at::zeros({1}, at::kDouble));
  const auto total = positive.sum().item<double>();
  TORCH_CHECK(total > 0 && total < static_cast<double>(positive.numel()),
              "average_precision needs positive and negative examples");
  return (gained * found / taken.to(at::kDouble)).sum().item<double>() / total;
}

}  // namespace latent::statistics
