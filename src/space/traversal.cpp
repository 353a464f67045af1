#include "space/traversal.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent::space {
namespace {

constexpr int64_t kMaxImages = 10'000;

Tensor pick(const Tensor& rows) {
  const int64_t stride = (rows.size(0) + kMaxImages - 1) / kMaxImages;
  return rows.slice(0, 0, rows.size(0), stride);
}

}  // namespace

Tensor quantile_range(const Latent& codes, double low, double high, at::Generator noise) {
  Tensor z = pick(codes.code);
  if (codes.posterior) {
    z = z + at::empty_like(z).normal_(0, 1, noise) * (0.5 * pick(codes.posterior->logvar)).exp();
  }
  // The nearest rank: at::quantile refuses more than 16 million numbers.
  const Tensor sorted = std::get<0>(z.sort(0));
  const auto last = static_cast<double>(z.size(0) - 1);
  return at::stack({sorted[std::lround(low * last)], sorted[std::lround(high * last)]});
}

Tensor traversal(const Tensor& start, int64_t latent, double low, double high, int64_t steps) {
  expect_shape(start, {-1}, "start of a traversal");
  Tensor z = start.repeat({steps, 1});
  z.select(1, latent).copy_(at::linspace(low, high, steps, z.options()));
  return z;
}

}  // namespace latent::space
