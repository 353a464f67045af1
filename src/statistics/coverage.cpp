#include "statistics/coverage.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>

namespace latent::statistics {
namespace {

constexpr int64_t kDistancesAtOnce = 8 << 20;

// Calls part(first, distances) for blocks of rows of `rows`: their squared distances to all of
// `columns`, [B, N]. By products, so both must be near the origin.
void in_rows(const Tensor& rows, const Tensor& columns,
             const std::function<void(int64_t first, const Tensor& squared)>& part) {
  const Tensor lengths = columns.square().sum(1), turned = columns.t();
  const int64_t block = std::max<int64_t>(1, kDistancesAtOnce / columns.size(0));
  for (int64_t first = 0; first < rows.size(0); first += block) {
    const Tensor x = rows.narrow(0, first, std::min(block, rows.size(0) - first));
    part(first, at::addmm(lengths, x, turned, 1, -2).add_(x.square().sum(1, true)).clamp_min_(0));
  }
}

// Returns the squared distance of each row to its k-th neighbour among the others: [N].
Tensor squared_radii(const Tensor& x, int64_t k) {
  std::vector<Tensor> found;
  in_rows(x, x, [&](int64_t first, const Tensor& squared) {
    Tensor others = squared;
    others.diagonal(first).fill_(0);  // a product may leave a little between a row and itself
    found.push_back(std::get<0>(others.kthvalue(k + 1, 1)));
  });
  return at::cat(found);
}

Measured share_of(const Tensor& hits) { return share(hits.sum().item<int64_t>(), hits.numel()); }

}  // namespace

Coverage coverage(const Tensor& real, const Tensor& generated, int64_t k) {
  expect_shape(generated, {real.size(0), real.size(1)}, "features of samples");
  TORCH_CHECK(k >= 1 && k < real.size(0), "coverage: neighbour ", k, " of ", real.size(0));
  const Tensor centre = real.to(at::kDouble).mean(0);
  const Tensor x = real.to(at::kDouble) - centre, y = generated.to(at::kDouble) - centre;
  const Tensor of_real = squared_radii(x, k), of_generated = squared_radii(y, k);
  Tensor counts = at::zeros({y.size(0)}, at::kLong);  // of the real balls around each sample
  std::vector<Tensor> recalled, covered;
  in_rows(x, y, [&](int64_t first, const Tensor& squared) {
    const Tensor radii = of_real.narrow(0, first, squared.size(0)).unsqueeze(1);
    counts += squared.lt(radii).sum(0);
    recalled.push_back(squared.lt(of_generated).any(1));
    covered.push_back(squared.amin(1).lt(radii.squeeze(1)));
  });
  RunningMean density;
  density.add(counts.to(at::kDouble) / static_cast<double>(k));
  return {.precision = share_of(counts.gt(0)),
          .recall = share_of(at::cat(recalled)),
          .density = density.mean(),
          .density_interval = density.around(density.mean()),
          .coverage = share_of(at::cat(covered))};
}

Tensor nearest_distances(const Tensor& known, const Tensor& asked) {
  expect_shape(asked, {-1, known.size(1)}, "features");
  const Tensor centre = known.mean(0);
  std::vector<Tensor> found;
  in_rows(asked - centre, known - centre,
          [&](int64_t, const Tensor& squared) { found.push_back(squared.amin(1).sqrt()); });
  return at::cat(found);
}

}  // namespace latent::statistics
