#include "statistics/correlation_ratio.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::statistics {

double correlation_ratio(const Tensor& points, const Tensor& groups) {
  const Tensor kept = groups.ge(0);
  const Tensor place = groups.index({kept});
  Tensor x = points.to(at::kDouble).index({kept});
  const int64_t rows = place.numel();
  if (rows < 3) return 0;
  const Tensor deviation = x.std(0, /*unbiased=*/false).clamp_min(1e-12);
  x = (x - x.mean(0)) / deviation;
  const int64_t most = place.max().item<int64_t>() + 1;
  const Tensor sizes =
      at::zeros({most}, at::kDouble).index_add_(0, place, at::ones({rows}, at::kDouble));
  const Tensor sums = at::zeros({most, x.size(1)}, at::kDouble).index_add_(0, place, x);
  const auto used = sizes.gt(0).sum().item<int64_t>();
  if (used < 2 || used >= rows) return 0;
  const double between = (sums.square().sum(1) / sizes.clamp_min(1)).sum().item<double>();
  const double total = x.square().sum().item<double>();
  if (!(total > 0)) return 0;
  const double within = (total - between) / static_cast<double>(rows - used);
  return 1 - within / (total / static_cast<double>(rows - 1));
}

Tensor quantile_groups(const Tensor& values, int64_t most) {
  const Tensor finite = values.isfinite();
  Tensor groups = at::full({values.numel()}, -1, at::kLong);
  const Tensor known = values.index({finite}).to(at::kDouble);
  if (known.numel() == 0) return groups;
  const Tensor edges =
      at::quantile(known, at::arange(1, most, at::kDouble) / static_cast<double>(most));
  groups.index_put_({finite},
                    at::searchsorted(edges.contiguous(), known.contiguous(), false, true));
  return groups;
}

}  // namespace latent::statistics
