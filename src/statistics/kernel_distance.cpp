#include "statistics/kernel_distance.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace latent::statistics {
namespace {

// Returns the kernel of each row of a with each of b: [N, M].
Tensor cubic_kernel(const Tensor& a, const Tensor& b) {
  return at::pow(a.matmul(b.t()) / static_cast<double>(a.size(1)) + 1, 3);
}

// Returns the mean of the kernel over the pairs of different rows.
double mean_of_pairs(const Tensor& x) {
  const Tensor kernel = cubic_kernel(x, x);
  const auto n = static_cast<double>(x.size(0));
  return ((kernel.sum() - kernel.trace()) / (n * (n - 1))).item<double>();
}

Tensor drawn_rows(const Tensor& x, int64_t count, at::Generator& noise) {
  return x.index_select(0, at::randperm(x.size(0), noise, at::kLong).narrow(0, 0, count));
}

}  // namespace

double squared_discrepancy(const Tensor& a, const Tensor& b) {
  expect_shape(b, {-1, a.size(1)}, "features");
  TORCH_CHECK(a.size(0) > 1 && b.size(0) > 1, "discrepancy of ", a.size(0), " and ", b.size(0));
  const Tensor x = a.to(at::kDouble), y = b.to(at::kDouble);
  return mean_of_pairs(x) + mean_of_pairs(y) - 2 * cubic_kernel(x, y).mean().item<double>();
}

KernelDistance kernel_distance(const Tensor& a, const Tensor& b, at::Generator noise,
                               const KernelDistanceOptions& options) {
  const int64_t fewest = std::min(a.size(0), b.size(0));
  const Tensor x = a.to(at::kDouble), y = b.to(at::kDouble);
  KernelDistance found{.size = std::max<int64_t>(2, std::min(options.size, fewest / 2)),
                       .interval = {}};
  Tensor each = at::empty({options.subsets}, at::kDouble);
  for (int64_t i = 0; i < options.subsets; ++i) {
    const Tensor part = drawn_rows(x, found.size, noise);
    each[i] = squared_discrepancy(part, drawn_rows(y, found.size, noise));
  }
  found.value = each.mean().item<double>();
  found.deviation = each.std().item<double>();
  // The variance falls as one over the rows; the subsets themselves are a draw.
  const double share = static_cast<double>(found.size) / static_cast<double>(fewest) +
                       1.0 / static_cast<double>(options.subsets);
  const double half = kNormalQuantile * found.deviation * std::sqrt(share);
  found.interval = {found.value - half, found.value + half};
  return found;
}

}  // namespace latent::statistics
