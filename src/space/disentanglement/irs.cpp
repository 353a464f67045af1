#include <ATen/ATen.h>

#include "space/disentanglement/scores.h"
#include "statistics/mutual_information.h"

namespace latent::space {
namespace {

constexpr double kDeviationQuantile = 0.99;

// Returns how far each latent deviates from its mean among images that share a value, by the
// quantile: the mean over the values, [Z].
Tensor deviations_within(const Tensor& codes, const Tensor& value) {
  const int64_t values = value.max().item<int64_t>() + 1;
  Tensor sum = at::zeros({codes.size(1)}, at::kDouble);
  for (int64_t v = 0; v < values; ++v) {
    const Tensor group = codes.index_select(0, value.eq(v).nonzero().flatten());
    sum += at::quantile((group - group.mean(0)).abs(), kDeviationQuantile, /*dim=*/0);
  }
  return sum / static_cast<double>(values);
}

}  // namespace

double irs(const Tensor& codes, const Tensor& factors) {
  const Tensor largest = std::get<0>((codes - codes.mean(0)).abs().max(0));  // [Z]
  const Tensor bins =
      statistics::value_ranks(statistics::equal_width_bins(factors.to(at::kDouble), kCodeBins));
  std::vector<Tensor> within;
  for (int64_t k = 0; k < factors.size(1); ++k)
    within.push_back(deviations_within(codes, bins.select(1, k)));
  const Tensor robust = 1 - at::stack(within, 1) / largest.unsqueeze(1);  // [Z, K]
  const Tensor best = std::get<0>(robust.max(1)).nan_to_num(0.0);
  const Tensor sum = largest.sum();
  // Latents that never move have no say.
  return sum.item<double>() > 0 ? ((best * largest).sum() / sum).item<double>() : 0;
}

std::vector<ScoreFigure> irs_figures(const DisentanglementInput& input) {
  return {{"irs", irs(input.images.codes, input.images.factors)}};
}

}  // namespace latent::space
