#include "statistics/mutual_information.h"

#include <ATen/ATen.h>

namespace latent::statistics {
namespace {

constexpr double kNothing = 1e-13;  // what rounding may leave of independent values

// Sum of -p log p over shares, of which some may be 0.
Tensor entropy_of(const Tensor& counts) {
  const Tensor p = counts.to(at::kDouble) / counts.sum().to(at::kDouble);
  return -at::xlogy(p, p).sum();
}

}  // namespace

Tensor equal_width_bins(const Tensor& x, int64_t bins) {
  expect_shape(x, {-1, -1}, "numbers");
  const Tensor columns = x.to(at::kDouble).t().contiguous();
  const Tensor found = at::zeros(columns.sizes(), at::kLong);
  for (int64_t d = 0; d < columns.size(0); ++d) {
    const double low = columns[d].min().item<double>(), high = columns[d].max().item<double>();
    if (!(high > low)) continue;
    // An edge each, computed rather than found by a division of the number, so that a number on an
    // edge is in the same bin as with numpy.histogram.
    const Tensor edges = at::arange(1, bins, at::kDouble) * ((high - low) / double(bins)) + low;
    found[d].copy_(at::searchsorted(edges, columns[d], /*out_int32=*/false, /*right=*/true));
  }
  return found.t().contiguous();
}

Tensor value_ranks(const Tensor& x) {
  expect_shape(x, {-1, -1}, "values");
  const Tensor found = at::empty(x.sizes(), at::kLong);
  for (int64_t d = 0; d < x.size(1); ++d) {
    found.select(1, d).copy_(std::get<1>(at::_unique(x.select(1, d).contiguous(), /*sorted=*/true,
                                                     /*return_inverse=*/true)));
  }
  return found;
}

Tensor mutual_information(const Tensor& a, const Tensor& b) {
  expect_shape(a, {-1, -1}, "first values");
  expect_shape(b, {a.size(0), -1}, "second values");
  const Tensor found = at::zeros({a.size(1), b.size(1)}, at::kDouble);
  const Tensor of_a = entropy(a), of_b = entropy(b);
  for (int64_t k = 0; k < b.size(1); ++k) {
    const int64_t width = b.select(1, k).max().item<int64_t>() + 1;
    for (int64_t z = 0; z < a.size(1); ++z) {
      const Tensor both = entropy_of(at::bincount(a.select(1, z) * width + b.select(1, k)));
      const auto shared = (of_a[z] + of_b[k] - both).item<double>();
      found[z][k] = shared > kNothing ? shared : 0;
    }
  }
  return found;
}

Tensor entropy(const Tensor& b) {
  const Tensor found = at::zeros({b.size(1)}, at::kDouble);
  for (int64_t k = 0; k < b.size(1); ++k)
    found[k] = entropy_of(at::bincount(b.select(1, k)));
  return found;
}

}  // namespace latent::statistics
