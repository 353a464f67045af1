#include <ATen/ATen.h>

#include <algorithm>

#include "space/disentanglement/scores.h"

namespace latent::space {
namespace {

constexpr int64_t kVotesAtOnce = 1000;  // bounds the memory

}  // namespace

Tensor least_variance_votes(const Tensor& codes, const Tensor& rows,
                            const Tensor& global_variance) {
  expect_shape(rows, {-1, -1}, "rows");
  expect_shape(global_variance, {codes.size(1)}, "global variance");
  std::vector<Tensor> votes;
  for (const Tensor& part : rows.split(kVotesAtOnce)) {
    const Tensor drawn = codes.index_select(0, part.flatten());
    const Tensor variance =
        drawn.view({part.size(0), part.size(1), codes.size(1)}).var(1, /*unbiased=*/true);
    votes.push_back((variance / global_variance).argmin(1));
  }
  return at::cat(votes);
}

double majority_accuracy(const Tensor& learned_factor, const Tensor& learned_vote,
                         const Tensor& tested_factor, const Tensor& tested_vote) {
  const auto largest = [](const Tensor& a, const Tensor& b) {
    return std::max(a.max().item<int64_t>(), b.max().item<int64_t>()) + 1;
  };
  const int64_t factors = largest(learned_factor, tested_factor);
  const int64_t latents = largest(learned_vote, tested_vote);
  const Tensor table = at::bincount(learned_factor * latents + learned_vote, {}, factors * latents)
                           .view({factors, latents});
  const Tensor answer = table.argmax(0);  // of each latent
  return answer.index_select(0, tested_vote)
      .eq(tested_factor)
      .to(at::kDouble)
      .mean()
      .item<double>();
}

std::vector<ScoreFigure> factorvae_figures(const DisentanglementInput& input) {
  const Tensor global = input.images.codes.var(0, /*unbiased=*/true);
  const auto& [learned, tested] = input.draws;
  return {{"factorvae", majority_accuracy(
                            learned.factor, least_variance_votes(input.pool, learned.rows, global),
                            tested.factor, least_variance_votes(input.pool, tested.rows, global))}};
}

}  // namespace latent::space
