// Picture measures against numbers worked by hand and a plain loop.
#include "measure/image_quality.h"

#include <cmath>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// Structural similarity written as in the paper: windows, sample covariances, no tricks.
double slow_ssim(const Tensor& a, const Tensor& b, int64_t window) {
  const auto x = a.to(at::kDouble), y = b.to(at::kDouble);
  double sum = 0;
  int64_t count = 0;
  for (int64_t c = 0; c < x.size(0); ++c) {
    for (int64_t i = 0; i + window <= x.size(1); ++i) {
      for (int64_t j = 0; j + window <= x.size(2); ++j, ++count) {
        const auto cut = [&](const Tensor& t) {
          return t[c].narrow(0, i, window).narrow(1, j, window).contiguous().flatten();
        };
        const Tensor u = cut(x), v = cut(y);
        const double mu = u.mean().item<double>(), mv = v.mean().item<double>();
        const double covariance =
            ((u - mu) * (v - mv)).sum().item<double>() / static_cast<double>(window * window - 1);
        sum +=
            (2 * mu * mv + 1e-4) * (2 * covariance + 9e-4) /
            ((mu * mu + mv * mv + 1e-4) * (u.var().item<double>() + v.var().item<double>() + 9e-4));
      }
    }
  }
  return sum / static_cast<double>(count);
}

TEST(Quality, MeanSquaredErrorOfEachImage) {
  const Tensor a = torch::zeros({2, 1, 1, 2});
  const Tensor b = torch::tensor({1.0f, 2.0f, 0.0f, 0.2f}).view({2, 1, 1, 2});
  expect_tensor_near(mean_squared_error(a, b), torch::tensor({2.5, 0.02}), 1e-6);
}

TEST(Quality, Psnr) {
  const Tensor a = torch::zeros({3, 1, 2, 2});
  const Tensor b = torch::cat(
      {torch::full({1, 1, 2, 2}, 0.1), torch::ones({1, 1, 2, 2}), torch::zeros({1, 1, 2, 2})});
  expect_tensor_near(psnr(a, b), torch::tensor({20.0, 0.0, 100.0}), 1e-4);
}

TEST(Quality, SsimOfEqualAndOfFlatImages) {
  const Tensor a = uniform({2, 3, 12, 10});
  expect_tensor_near(ssim(a, a), torch::ones({2}), 1e-9);
  // Without structure only the means count: (2 * 0.2 * 0.6 + c1) / (0.2^2 + 0.6^2 + c1).
  expect_tensor_near(ssim(torch::full({1, 1, 9, 9}, 0.2), torch::full({1, 1, 9, 9}, 0.6)),
                     torch::tensor({0.2401 / 0.4001}), 1e-6);
}

TEST(Quality, SsimAgainstAPlainLoop) {
  const Tensor a = uniform({2, 2, 9, 11}, 1), b = (a + 0.3 * normal({2, 2, 9, 11}, 2)).clamp(0, 1);
  const Tensor got = ssim(a, b);
  for (int64_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(got[i].item<double>(), slow_ssim(a[i], b[i], 7), 1e-9);
  }
  EXPECT_LT(got.max().item<double>(), 0.95);
}

TEST(Quality, SsimOfImagesSmallerThanTheWindow) {
  const Tensor a = uniform({1, 1, 5, 5}, 1), b = uniform({1, 1, 5, 5}, 2);
  EXPECT_NEAR(ssim(a, b).item<double>(), slow_ssim(a[0], b[0], 5), 1e-9);
  EXPECT_TRUE(
      ssim(uniform({2, 1, 1, 140}), uniform({2, 1, 1, 140}, 2)).isfinite().all().item<bool>());
  EXPECT_TRUE(ssim(uniform({2, 1, 1, 1}), uniform({2, 1, 1, 1}, 2)).isfinite().all().item<bool>());
}

TEST(Quality, MsSsimTakesTheScalesThatAWindowFitsInto) {
  EXPECT_EQ(ms_ssim_scales(28, 28), 2);
  EXPECT_EQ(ms_ssim_scales(64, 48), 3);
  EXPECT_EQ(ms_ssim_scales(175, 400), 4);
  EXPECT_EQ(ms_ssim_scales(176, 176), 5);
  EXPECT_EQ(ms_ssim_scales(4000, 4000), 5);
  EXPECT_EQ(ms_ssim_scales(1, 140), 1);
}

TEST(Quality, MsSsimOfFlatAndOfInvertedImages) {
  const Tensor a = uniform({2, 3, 44, 40});
  expect_tensor_near(ms_ssim(a, a, 2), torch::ones({2}), 1e-9);
  // Without structure only the last scale's luminance counts, under its exponent 0.2856 of 0.3304.
  expect_tensor_near(ms_ssim(torch::full({1, 1, 30, 30}, 0.2), torch::full({1, 1, 30, 30}, 0.6), 2),
                     torch::tensor({std::pow(0.2401 / 0.4001, 0.2856 / (0.0448 + 0.2856))}), 1e-6);
  // A structure turned around is below 0 and counts as 0, where a root would be NaN.
  expect_tensor_near(ms_ssim(a, 1 - a, 2), torch::zeros({2}), 1e-9);
  EXPECT_TRUE(ms_ssim(uniform({2, 1, 1, 140}), uniform({2, 1, 1, 140}, 2), 1)
                  .isfinite()
                  .all()
                  .item<bool>());
}

}  // namespace
}  // namespace latent
