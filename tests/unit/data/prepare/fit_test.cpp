#include "data/prepare/fit.h"

#include "config/config.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

Tensor random_bytes(c10::IntArrayRef sizes, uint64_t seed) {
  return (uniform(sizes, seed) * 256).to(at::kByte);
}

Tensor fitted(const std::string& keys, const Tensor& pixels) {
  Config config = Config::parse("{\"data\": {" + keys + "}}", "x");
  Section data = config.root().section("data");
  const Fit fit(data);
  config.check_all_read();
  return fit.apply(pixels);
}

TEST(Fit, LeavesImagesAloneByDefault) {
  const auto pixels = random_bytes({4, 2, 3, 3}, 4);
  expect_tensor_near(fitted("", pixels), pixels, 0);
}

TEST(Fit, PadsWithBlackOnBothSides) {
  const auto got = fitted("\"pad_to\": 8", torch::full({1, 2, 3, 1}, 7, at::kByte));
  auto want = torch::zeros({1, 8, 8, 1});
  want.narrow(1, 3, 2).narrow(2, 2, 3).fill_(7);
  expect_tensor_near(got, want, 0);
}

TEST(Fit, AreaIsTheMeanOfWhatAPixelCovers) {
  const auto pixels = torch::tensor({0, 90, 30}, at::kByte).view({1, 1, 3, 1});
  // Each new pixel covers 1.5 old ones: (0 + 90 / 2) / 1.5 and (90 / 2 + 30) / 1.5.
  expect_tensor_near(fitted("\"size\": [1, 2], \"fit\": \"stretch\"", pixels),
                     torch::tensor({30, 50}).view({1, 1, 2, 1}), 0);
  const auto ramp = torch::arange(16).to(at::kByte).view({1, 4, 4, 1}) * 10;
  expect_tensor_near(fitted("\"size\": [2, 2]", ramp),
                     torch::tensor({25, 45, 105, 125}).view({1, 2, 2, 1}), 0);
}

TEST(Fit, BilinearAgreesWithTorch) {
  const auto pixels = random_bytes({3, 7, 5, 3}, 1);
  const auto want =
      at::upsample_bilinear2d(pixels.permute({0, 3, 1, 2}).to(at::kFloat), {10, 12}, false);
  expect_tensor_near(fitted(R"("size": [10, 12], "fit": "stretch", "filter": "bilinear")", pixels),
                     want.round().permute({0, 2, 3, 1}), 1);
}

TEST(Fit, BilinearSamplesWithoutAntialiasing) {
  const auto pixels = random_bytes({2, 64, 48, 3}, 2);
  const auto want =
      at::upsample_bilinear2d(pixels.permute({0, 3, 1, 2}).to(at::kFloat), {8, 9}, false);
  expect_tensor_near(fitted(R"("size": [8, 9], "fit": "stretch", "filter": "bilinear")", pixels),
                     want.round().permute({0, 2, 3, 1}), 1);
}

TEST(Fit, AreaOfManyImagesAgreesWithTorch) {
  const auto pixels = random_bytes({1000, 17, 13, 2}, 3);
  const auto want = at::adaptive_avg_pool2d(
      pixels.permute({0, 3, 1, 2}).to(at::kDouble).repeat_interleave(5, 2).repeat_interleave(4, 3),
      {5, 4});
  expect_tensor_near(fitted(R"("size": [5, 4], "fit": "stretch")", pixels),
                     want.round().permute({0, 2, 3, 1}), 1);
}

TEST(Fit, CropKeepsTheMiddle) {
  const auto row = torch::tensor({1, 2, 3, 4, 5, 6}, at::kByte);
  expect_tensor_near(fitted(R"("size": [2, 2])", row.view({1, 1, 6, 1}).expand({1, 2, 6, 1})),
                     torch::tensor({3, 4, 3, 4}).view({1, 2, 2, 1}), 0);
  expect_tensor_near(fitted(R"("size": [2, 2])", row.view({1, 6, 1, 1}).expand({1, 6, 2, 1})),
                     torch::tensor({3, 3, 4, 4}).view({1, 2, 2, 1}), 0);
  // Only the columns 20, ... 197 of a face of 218 x 178 are rows of its square.
  auto face = torch::zeros({1, 218, 178, 1}, at::kByte);
  face.narrow(1, 20, 178).fill_(200);
  expect_tensor_near(fitted(R"("size": [64, 64])", face), torch::full({1, 64, 64, 1}, 200), 0);
}

TEST(Fit, PadKeepsEverything) {
  const auto wide = torch::full({1, 2, 8, 1}, 9, at::kByte);
  auto want = torch::zeros({1, 4, 4, 1});
  want.narrow(1, 1, 1).fill_(9);
  expect_tensor_near(fitted(R"("size": [4, 4], "fit": "pad")", wide), want, 0);
  EXPECT_EQ(
      fitted(R"("size": [4, 4], "fit": "pad")", torch::full({1, 1, 100, 3}, 9, at::kByte)).sizes(),
      (std::vector<int64_t>{1, 4, 4, 3}));
}

Fit fit_of(const std::string& keys) {
  Config config = Config::parse("{\"data\": {" + keys + "}}", "x");
  Section data = config.root().section("data");
  return Fit(data);
}

TEST(Fit, ReducedImagesKeepTheirPlace) {
  // 18 columns of a ramp; a quarter of them: means of 4, the last of the 2 that are left and 2
  // more.
  const auto ramp =
      (torch::arange(18) * 10).to(at::kByte).view({1, 1, 18, 1}).expand({1, 18, 18, 1});
  const auto reduced = torch::tensor({15, 55, 95, 135, 165}).to(at::kByte);
  const Fit fit = fit_of(R"("size": [2, 2])");
  expect_tensor_near(fit.apply_reduced(reduced.view({1, 1, 5, 1}).expand({1, 5, 5, 1}), 18, 18, 4),
                     fit.apply(ramp), 3);
  const Fit pad = fit_of(R"("size": [3, 3], "fit": "pad")");
  expect_tensor_near(pad.apply_reduced(reduced.view({1, 1, 5, 1}).expand({1, 3, 5, 1}), 12, 18, 4),
                     pad.apply(ramp.narrow(1, 0, 12)), 5);
}

TEST(Fit, ReducesOnlyImagesThatStayLargeEnough) {
  const auto reduction = [](const std::string& keys, int64_t height, int64_t width) {
    return fit_of(keys).reduction(height, width);
  };
  EXPECT_EQ(reduction(R"("size": [32, 32])", 218, 178), 4);
  EXPECT_EQ(reduction(R"("size": [64, 64])", 218, 178), 2);
  EXPECT_EQ(reduction(R"("size": [64, 64])", 127, 5000), 1);
  EXPECT_EQ(reduction(R"("size": [64, 64], "fit": "pad")", 100, 513), 8);
  EXPECT_EQ(reduction(R"("size": [32, 32], "filter": "bilinear")", 218, 178), 1);
  EXPECT_EQ(reduction("", 218, 178), 1);
}

TEST(Fit, NamesTheKeyThatIsWrong) {
  const auto pixels = torch::zeros({1, 28, 20, 1}, at::kByte);
  expect_error([&] { fitted("\"pad_to\": 24", pixels); },
               "x: data.pad_to: got 24; expected 0 or at least 28: the images are 28x20");
  expect_error([&] { fitted("\"size\": [28]", pixels); },
               "x: data.size: got [28]; expected [height, width]");
  expect_error([&] { fitted("\"size\": 28", pixels); },
               "x: data.size: got 28; expected [height, width]");
  expect_error([&] { fitted("\"size\": [28, 0]", pixels); },
               "x: data.size: got [28,0]; expected a list of integers >= 1 and <= 4096");
}

}  // namespace
}  // namespace latent
