#include "measure/image_quality.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace latent {
namespace {

constexpr int64_t kWindow = 11;
constexpr double kSigma = 1.5;
constexpr double kScaleWeights[] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
constexpr double kLuminance = 0.01 * 0.01, kContrast = 0.03 * 0.03;

// A Gaussian window of `size` values whose sum is 1.
Tensor gaussian_window(int64_t size) {
  const Tensor apart = at::arange(size, at::kDouble) - static_cast<double>(size - 1) / 2;
  const Tensor values = at::exp(-apart.square() / (2 * kSigma * kSigma));
  return values / values.sum();
}

// The weighted means of x [B, 1, H, W] over the windows at all valid positions.
Tensor windowed(const Tensor& x, const Tensor& rows, const Tensor& columns) {
  return at::conv2d(at::conv2d(x, rows.view({1, 1, -1, 1})), columns.view({1, 1, 1, -1}));
}

// The two factors of the similarity of each channel, [B] each.
struct Similarity {
  Tensor whole, structure;  // means over the positions; whole: of the product of both
};

Similarity similarity(const Tensor& x, const Tensor& y) {
  const auto window = [&](int64_t side) { return gaussian_window(std::min(kWindow, side)).to(x); };
  const Tensor rows = window(x.size(2)), columns = window(x.size(3));
  const auto mean = [&](const Tensor& values) { return windowed(values, rows, columns); };
  const Tensor mx = mean(x), my = mean(y);
  const Tensor vx = mean(x * x) - mx * mx, vy = mean(y * y) - my * my;
  const Tensor vxy = mean(x * y) - mx * my;
  const Tensor structure = (2 * vxy + kContrast) / (vx + vy + kContrast);
  const Tensor luminance = (2 * mx * my + kLuminance) / (mx * mx + my * my + kLuminance);
  return {(luminance * structure).flatten(1).mean(1), structure.flatten(1).mean(1)};
}

}  // namespace

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

int64_t ms_ssim_scales(int64_t height, int64_t width) {
  int64_t scales = 1, side = std::min(height, width) / 2;
  for (; scales < static_cast<int64_t>(std::size(kScaleWeights)) && side >= kWindow; side /= 2)
    ++scales;
  return scales;
}

Tensor ms_ssim(const Tensor& a, const Tensor& b, int64_t scales) {
  const int64_t channels = a.size(1);
  Tensor x = a.to(at::kDouble).contiguous().view({-1, 1, a.size(2), a.size(3)});
  Tensor y = b.to(at::kDouble).contiguous().view({-1, 1, a.size(2), a.size(3)});
  double sum = 0;
  for (int64_t i = 0; i < scales; ++i)
    sum += kScaleWeights[i];
  Tensor product = at::ones({x.size(0)}, x.options());
  for (int64_t i = 0; i < scales; ++i) {
    const Similarity found = similarity(x, y);
    const Tensor& factor = i + 1 == scales ? found.whole : found.structure;
    product = product * factor.clamp_min(0).pow(kScaleWeights[i] / sum);
    if (i + 1 == scales) break;
    x = at::avg_pool2d(x, {2, 2});
    y = at::avg_pool2d(y, {2, 2});
  }
  return product.view({-1, channels}).mean(1);
}

}  // namespace latent
