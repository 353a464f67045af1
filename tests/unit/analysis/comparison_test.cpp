#include "analysis/comparison.h"

#include "measure/image_quality.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

TEST(Comparison, MeasuresEachVersion) {
  const Tensor truth = uniform({3, 1, 10, 10});
  const Tensor near = (truth + 0.05 * normal({3, 1, 10, 10}, 2)).clamp(0, 1);
  const Tensor far = (truth + 0.5 * normal({3, 1, 10, 10}, 3)).clamp(0, 1);
  const Comparison got =
      compare({{"noisy", far}, {"denoised", near}}, truth, {"a", "b", "c"}, false);
  const Tensor before = psnr(far, truth), after = psnr(near, truth);
  EXPECT_NEAR(got.json["images"][1]["noisy"]["psnr"].get<double>(), before[1].item<double>(), 1e-5);
  EXPECT_NEAR(got.json["images"][2]["denoised"]["ssim"].get<double>(),
              ssim(near, truth)[2].item<double>(), 1e-9);
  EXPECT_NEAR(got.json["mean"]["denoised"]["psnr"].get<double>(), after.mean().item<double>(),
              1e-4);
  EXPECT_NEAR(got.json["psnr_gain"].get<double>(), (after - before).mean().item<double>(), 1e-4);
  EXPECT_NE(got.text.find("denoised against noisy: +"), std::string::npos) << got.text;
}

TEST(Comparison, OfATableMeasuresErrorsOnly) {
  const Tensor truth = torch::zeros({2, 1, 1, 4});
  const Comparison got =
      compare({{"noisy", truth + 2}, {"denoised", truth + 1}}, truth, {"0", "1"}, true);
  EXPECT_EQ(got.json["mean"].dump(), R"({"noisy":{"mse":4.0},"denoised":{"mse":1.0}})");
  EXPECT_FALSE(got.json.contains("psnr_gain"));
}

TEST(Comparison, ManyImagesAreNotAllListed) {
  const Tensor truth = uniform({23, 1, 4, 4});
  const Comparison got =
      compare({{"model", truth}}, truth, std::vector<std::string>(23, "x"), false);
  EXPECT_NE(got.text.find("... and 3 more"), std::string::npos) << got.text;
  EXPECT_EQ(got.json["images"].size(), 23U);
}

}  // namespace
}  // namespace latent
