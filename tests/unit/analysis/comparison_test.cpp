// Versions of images against the truth; a network at work on tiles of a larger image.
#include "analysis/comparison.h"

#include "measure/image_quality.h"
#include "session/tiled.h"
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

TEST(Tiles, WorkThatChangesNothingChangesNothing) {
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{8, 8}, {21, 34}, {5, 30}, {3, 3}}) {
    const Tensor image = uniform({1, 3, height, width});
    int64_t tiles = 0;
    const Tensor got = by_tiles(image, 8, 8, [&](const Tensor& pieces) {
      EXPECT_EQ(pieces.size(2), 8);
      tiles = pieces.size(0);
      return pieces;
    });
    expect_tensor_near(got, image, 1e-6);
    EXPECT_EQ(tiles, height == 21 ? 5 * 8 : height == 5 ? 7 : 1);
  }
}

// Where tiles overlap, the result passes from one to the other without a step.
TEST(Tiles, AreBlended) {
  const Tensor got = by_tiles(torch::zeros({1, 1, 8, 12}), 8, 8, [](const Tensor& pieces) {
    return pieces + at::arange(pieces.size(0), at::kFloat).view({-1, 1, 1, 1});
  });
  const Tensor row = got[0][0][0];
  EXPECT_EQ(row[3].item<double>(), 0);
  EXPECT_EQ(row[8].item<double>(), 1);
  EXPECT_LT((row.slice(0, 1) - row.slice(0, 0, 11)).max().item<double>(), 0.4);
}

}  // namespace
}  // namespace latent
