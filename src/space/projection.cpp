#include "space/projection.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <tuple>

namespace latent::space {

Tensor Projection::coordinates(const Tensor& z) const {
  expect_shape(z, {-1, axes.size(1)}, "plane");
  return z.to(at::kDouble).matmul(axes.t());  // not centred: the prior's centre stays at 0
}

Tensor Projection::unproject(const Tensor& points) const {
  expect_shape(points, {-1, 2}, "plane");
  const Tensor moved = points.to(at::kDouble) - axes.matmul(origin);
  return (origin + moved.matmul(axes)).to(at::kFloat);
}

Projection latent_projection(const Tensor& codes, int64_t first, int64_t second) {
  const Tensor axes = at::zeros({2, codes.size(1)}, at::kDouble);
  axes[0][first] = 1;
  axes[1][second] = 1;
  return {.origin = codes.to(at::kDouble).mean(0),
          .axes = axes,
          .names = {fmt::format("z{}", first), fmt::format("z{}", second)}};
}

Projection principal_projection(const Tensor& codes) {
  const Tensor x = codes.to(at::kDouble);
  TORCH_CHECK(x.size(0) > 1 && x.size(1) > 1, "principal plane of codes ", x.sizes());
  const Tensor mean = x.mean(0), centred = x - mean;
  const Tensor covariance = centred.t().matmul(centred) / static_cast<double>(x.size(0));
  const auto [values, vectors] = at::linalg_eigh(covariance);  // ascending
  Tensor axes = vectors.t().flip(0).narrow(0, 0, 2).contiguous();
  const Tensor largest = axes.gather(1, axes.abs().argmax(1, true));
  axes = at::where(largest < 0, -axes, axes);
  const Tensor shares = 100 * values.flip(0) / values.sum().clamp_min(1e-300);
  const auto name = [&](int64_t i) {
    return fmt::format("principal component {} ({:.0f}% of the variance)", i + 1,
                       shares[i].item<double>());
  };
  return {.origin = mean, .axes = axes, .names = {name(0), name(1)}};
}

}  // namespace latent::space
