#include "measure/image_quality.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent {

Tensor mean_squared_error(const Tensor& a, const Tensor& b) {
  return at::square(a - b).flatten(1).mean(1);
}

Tensor cross_entropy(const Tensor& images, const Tensor& pictures) {
  return at::binary_cross_entropy(pictures.clamp(0, 1), images.clamp(0, 1), {},
                                  at::Reduction::None);
}

Tensor psnr(const Tensor& a, const Tensor& b) {
  return -10.0 * at::log10(mean_squared_error(a, b).clamp_min(1e-10));
}

Tensor ssim(const Tensor& a, const Tensor& b) {
  const std::vector<int64_t> window{std::min<int64_t>(7, a.size(2)),
                                    std::min<int64_t>(7, a.size(3))};
  const double count = static_cast<double>(window[0] * window[1]);
  const double unbiased = count > 1 ? count / (count - 1) : 1.0;
  const auto mean = [&](const Tensor& x) { return at::avg_pool2d(x, window, {1, 1}); };
  // float64: the variances are small differences of large numbers
  const Tensor x = a.to(at::kDouble), y = b.to(at::kDouble);
  const Tensor mx = mean(x), my = mean(y);
  const Tensor vx = unbiased * (mean(x * x) - mx * mx);
  const Tensor vy = unbiased * (mean(y * y) - my * my);
  const Tensor vxy = unbiased * (mean(x * y) - mx * my);
  constexpr double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  const Tensor map =
      ((2 * mx * my + c1) * (2 * vxy + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
  return map.flatten(1).mean(1);
}

}  // namespace latent
