#include "analysis/yardsticks.h"

#include <cmath>

#include "unit/expect.h"

namespace latent {
namespace {

// A black and a white image of 8 x 8.
Examples black_and_white() {
  Tensor pixels = torch::zeros({2, 8, 8, 1}, torch::kByte);
  pixels[1].fill_(255);
  return {.pixels = pixels, .attributes = {}, .names = {}};
}

TEST(Likeness, OfOneGreyImageForAll) {
  const Likeness grey = likeness(
      black_and_white(), [](const Tensor& images) { return torch::full_like(images, 0.5); });
  EXPECT_NEAR(grey.mse, 0.25, 1e-6);
  EXPECT_NEAR(grey.psnr, 10 * std::log10(4), 1e-6);
  EXPECT_NEAR(grey.cross_entropy, 64 * std::log(2), 1e-4);
  EXPECT_LT(grey.ssim, 0.5);
}

TEST(Likeness, OfTheImagesThemselves) {
  const Likeness same =
      likeness(black_and_white(), [](const Tensor& images) { return images.flatten(1); });
  EXPECT_EQ(same.mse, 0);
  EXPECT_NEAR(same.psnr, 100, 1e-9);
  EXPECT_NEAR(same.ssim, 1, 1e-9);
  // Pictures are kept 1/512 away from 0 and 1.
  EXPECT_NEAR(same.cross_entropy, -64 * std::log(1 - 1.0 / 512), 1e-6);
}

TEST(Likeness, OfRowsOfNumbersIsTheErrorAlone) {
  const Examples rows{.pixels = torch::full({3, 1, 4, 1}, 2.0F), .attributes = {}, .names = {}};
  const Likeness zero =
      likeness(rows, [](const Tensor& images) { return torch::zeros_like(images); });
  EXPECT_NEAR(zero.mse, 4, 1e-9);
  EXPECT_EQ(zero.psnr, 0);
  EXPECT_EQ(zero.cross_entropy, 0);
}

}  // namespace
}  // namespace latent
