#include "statistics/neighbours.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::statistics {
namespace {

constexpr int64_t kDistances = 4 << 20;  // held at once
constexpr int64_t kByProducts = 1;       // at::cdist: |a|^2 + |b|^2 - 2ab, fast for many features

}  // namespace

Tensor nearest_neighbours(const Tensor& known, const Tensor& asked, int64_t k) {
  expect_shape(asked, {-1, known.size(1)}, "points to find neighbours of");
  TORCH_CHECK(k >= 1 && k <= known.size(0), "neighbours: ", k, " of ", known.size(0));
  const int64_t batch = std::max<int64_t>(1, kDistances / known.size(0));
  // Centred, since the products cancel far from the origin and would leave only rounding errors.
  const Tensor centre = known.mean(0), there = known - centre;
  std::vector<Tensor> found;
  for (const Tensor& part : asked.split(batch)) {
    const Tensor distances = at::cdist(part - centre, there, 2.0, kByProducts);
    found.push_back(std::get<1>(distances.topk(k, 1, /*largest=*/false, /*sorted=*/true)));
  }
  return at::cat(found);
}

// From the differences: those of the products lose the digits of short distances.
Tensor neighbour_distances(const Tensor& known, const Tensor& asked, int64_t k) {
  const Tensor nearest = nearest_neighbours(known, asked, k);
  Tensor sum = at::zeros({asked.size(0)}, at::kDouble);
  for (const Tensor& each : nearest.unbind(1))
    sum += (asked - known.index_select(0, each)).to(at::kDouble).norm(2, 1);
  return sum / static_cast<double>(k);
}

Tensor majority(const Tensor& classes, int64_t count) {
  const int64_t k = classes.size(1);
  // A neighbour further away counts a little less, by too little to outvote a neighbour.
  const Tensor vote = 1 - at::arange(k, at::kDouble) / static_cast<double>(k * k * 2 + 1);
  Tensor votes = at::zeros({classes.size(0), count}, at::kDouble);
  votes.scatter_add_(1, classes, vote.expand_as(classes).contiguous());
  return votes.argmax(1);
}

}  // namespace latent::statistics
