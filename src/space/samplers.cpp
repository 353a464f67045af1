#include "space/samplers.h"

#include <ATen/ATen.h>

namespace latent::space {
namespace {

constexpr double kOutside = 0.01;  // share of the codes outside each side of a grid

// The first coordinate grows to the right, the second upwards.
Tensor grid(const Tensor& x, const Tensor& y) {
  const auto mesh = at::meshgrid({y.flip(0), x}, "ij");
  return at::stack({mesh[1].flatten(), mesh[0].flatten()}, 1).to(at::kFloat);
}

}  // namespace

Tensor sample_box(const Tensor& codes, int64_t count, double spread, at::Generator& generator) {
  const Tensor unit = at::empty({count, codes.size(1)}).uniform_(-1, 1, generator);
  return in_box(unit * spread, codes.amin(0), codes.amax(0));
}

Tensor in_box(const Tensor& unit, const Tensor& low, const Tensor& high) {
  return (low + high) / 2 + (high - low) / 2 * unit;
}

Tensor sample_posterior(const Latent& codes, int64_t count, double spread,
                        at::Generator& generator) {
  const Tensor chosen = at::randint(codes.code.size(0), {count}, generator, at::kLong);
  const Tensor z = codes.code.index_select(0, chosen);
  if (!codes.posterior) return z;
  const Tensor noise = at::empty(z.sizes()).normal_(0, 1, generator);
  return z + spread * at::exp(0.5 * codes.posterior->logvar.index_select(0, chosen)) * noise;
}

Tensor sample_each(const Latent& codes, at::Generator& generator) {
  if (!codes.posterior) return codes.code;
  const auto& [mean, logvar] = *codes.posterior;
  return mean + at::exp(0.5 * logvar) * at::empty(mean.sizes()).normal_(0, 1, generator);
}

Tensor normal_grid(int64_t side) {
  const Tensor steps = (at::arange(side, at::kDouble) + 0.5) / static_cast<double>(side);
  const Tensor quantiles = at::special_ndtri(steps);
  return grid(quantiles, quantiles);
}

Tensor box_grid(const Tensor& codes, int64_t side) {
  expect_shape(codes, {-1, 2}, "grid");
  const Tensor ends = at::quantile(codes.to(at::kDouble),
                                   at::tensor({kOutside, 1 - kOutside}, at::kDouble), 0);  // [2, 2]
  const Tensor share =
      side == 1 ? at::full({1}, 0.5, at::kDouble) : at::linspace(0, 1, side, at::kDouble);
  const auto axis = [&](int64_t i) { return ends[0][i] + share * (ends[1][i] - ends[0][i]); };
  return grid(axis(0), axis(1));
}

}  // namespace latent::space
