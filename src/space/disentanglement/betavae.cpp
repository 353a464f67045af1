#include <ATen/ATen.h>

#include <algorithm>

#include "space/disentanglement/scores.h"
#include "statistics/linear_models.h"

namespace latent::space {
namespace {

constexpr int64_t kDrawsAtOnce = 1000;  // bounds the memory

}  // namespace

Tensor pair_differences(const Tensor& codes, const Tensor& first, const Tensor& second) {
  expect_shape(first, {-1, -1}, "rows of pairs");
  expect_shape(second, {first.size(0), first.size(1)}, "rows of pairs");
  std::vector<Tensor> found;
  for (int64_t begin = 0; begin < first.size(0); begin += kDrawsAtOnce) {
    const int64_t draws = std::min(kDrawsAtOnce, first.size(0) - begin);
    const auto chosen = [&](const Tensor& rows) {
      return codes.index_select(0, rows.narrow(0, begin, draws).flatten());
    };
    const Tensor difference = (chosen(first) - chosen(second)).abs();
    found.push_back(difference.view({draws, first.size(1), codes.size(1)}).mean(1));
  }
  return at::cat(found);
}

std::vector<ScoreFigure> betavae_figures(const DisentanglementInput& input) {
  const auto& [learned, tested] = input.draws;
  const auto points = [&](const FixedFactorDraws::Set& set) {
    return pair_differences(input.pool, set.first, set.second).to(at::kFloat);
  };
  const auto model = statistics::fit_softmax(points(learned), learned.factor,
                                             learned.factor.max().item<int64_t>() + 1);
  const Tensor right = model.predict(points(tested)).eq(tested.factor);
  return {{"betavae", right.to(at::kDouble).mean().item<double>()}};
}

}  // namespace latent::space
