#include "analysis/rate_distortion.h"

#include "unit/expect.h"

namespace latent {
namespace {

// Variances 4 and 1 at the level 1: half of log2 4 bits, and an error of 1 in each direction. At
// the level 4: no bits, errors of 4 and 1.
TEST(GaussianRates, FillDirectionsUpToALevel) {
  const auto points = gaussian_rates(torch::tensor({4.0, 1.0, 0.0}, torch::kDouble));
  EXPECT_EQ(points.front().bits, 0);
  EXPECT_NEAR(points.front().squared_error, 5.0 / 3, 1e-12);
  // The last level is 4 / 10^4, below both variances: (log2 10^4 + log2 2500) / 2 bits.
  EXPECT_NEAR(points.back().bits, (std::log2(1e4) + std::log2(2500)) / 2, 1e-9);
  EXPECT_NEAR(points.back().squared_error, 2 * 4e-4 / 3, 1e-12);
  for (size_t i = 1; i < points.size(); ++i) {
    EXPECT_GT(points[i].bits, points[i - 1].bits - 1e-12);
    EXPECT_LT(points[i].squared_error, points[i - 1].squared_error);
  }
}

TEST(RateDistortion, IsInDecibelsOfTheError) {
  EXPECT_DOUBLE_EQ(decibels(0.01), 20);
  EXPECT_DOUBLE_EQ(decibels(1), 0);
}

TEST(CodecRates, CountTheHeaderThatEveryFileHas) {
  if (!have_codecs()) GTEST_SKIP() << "this build has no image codecs";
  const Tensor grey = torch::full({2, 1, 16, 16}, 128.0 / 255);
  for (const Compression format : {Compression::kJpeg, Compression::kWebp}) {
    for (const auto& rate : codec_rates(grey, format)) {
      EXPECT_DOUBLE_EQ(rate.file.bits, rate.header) << "an even grey image is all header";
      EXPECT_GT(rate.header, 8 * 20);
      EXPECT_LT(rate.file.squared_error, 1e-4);
    }
  }
  const Tensor noise =
      torch::linspace(0, 1, 768).sin().mul(40).frac().abs().reshape({1, 3, 16, 16});
  const auto rates = codec_rates(noise, Compression::kJpeg);
  EXPECT_GT(rates.back().file.bits, rates.front().file.bits);
  EXPECT_LT(rates.back().file.squared_error, rates.front().file.squared_error);
}

}  // namespace
}  // namespace latent
