// The effect of each corruption, its keys and its messages.
#include "model/corruption.h"

#include <nlohmann/json.hpp>

#include "data/prepare/resize.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

CorruptionChain chain(const std::string& list, const ImageShape& shape, bool table = false) {
  Config config = Config::parse("{\"corruption\": " + list + "}", "c.json");
  const CorruptionPlan plan = configure_corruption(config.root(), table);
  config.check_all_read();
  return plan.make(shape);
}

// `images` after the corruptions, with the noise of a seed.
Tensor corrupted(const std::string& list, const Tensor& images, uint64_t seed = 0) {
  return chain(list, {images.size(1), images.size(2), images.size(3)})
      .corrupt(images, generator(seed, Stream::kCorruption));
}

double share(const Tensor& condition) { return condition.to(at::kDouble).mean().item<double>(); }

TEST(Corruption, GaussianNoiseHasItsDeviation) {
  const Tensor grey = torch::full({50, 1, 32, 32}, 0.5);
  const Tensor noise =
      corrupted(R"([{"name": "gaussian", "std": 0.1, "clip": false}])", grey) - grey;
  EXPECT_NEAR(noise.mean().item<double>(), 0, 0.002);
  EXPECT_NEAR(noise.std().item<double>(), 0.1, 0.002);
}

TEST(Corruption, ClippingCutsTheNoise) {
  const Tensor grey = torch::full({50, 1, 32, 32}, 0.5);
  const Tensor clipped = corrupted(R"([{"name": "gaussian", "std": 0.5}])", grey);
  EXPECT_EQ(clipped.min().item<double>(), 0);
  EXPECT_EQ(clipped.max().item<double>(), 1);
  EXPECT_NEAR(share(clipped == 0), 0.1587, 0.005);  // beyond one deviation
  const Tensor whole = corrupted(R"([{"name": "gaussian", "std": 0.5, "clip": false}])", grey);
  EXPECT_LT(whole.min().item<double>(), -0.5);
}

TEST(Corruption, MaskingHidesAShareOfThePixels) {
  const Tensor images = torch::full({20, 3, 40, 40}, 0.5);
  const Tensor masked = corrupted(R"([{"name": "masking", "fraction": 0.3, "value": 1}])", images);
  EXPECT_NEAR(share(masked == 1), 0.3, 0.01);
  EXPECT_NEAR(share(masked == 0.5), 0.7, 0.01);
  EXPECT_TRUE(torch::equal(masked.select(1, 0), masked.select(1, 2)));  // all channels of a pixel
}

TEST(Corruption, MaskingHidesABlock) {
  const Tensor masked =
      corrupted(R"([{"name": "masking", "block": [2, 5]}])", torch::ones({400, 1, 6, 8}));
  const Tensor hidden = (masked == 0).squeeze(1);  // [400, 6, 8]
  EXPECT_TRUE((hidden.flatten(1).sum(1) == 10).all().item<bool>());
  EXPECT_TRUE((hidden.any(2).sum(1) == 2).all().item<bool>());
  EXPECT_TRUE((hidden.any(1).sum(1) == 5).all().item<bool>());
  EXPECT_TRUE(hidden.any(0).all().item<bool>());  // anywhere, to the last corner
  EXPECT_EQ((corrupted(R"([{"name": "masking", "block": [6, 8]}])", torch::ones({2, 1, 6, 8})))
                .sum()
                .item<double>(),
            0);
}

TEST(Corruption, SaltAndPepperTurnAShareWhiteOrBlack) {
  const Tensor images = torch::full({20, 3, 40, 40}, 0.5);
  const Tensor spoilt =
      corrupted(R"([{"name": "salt_pepper", "fraction": 0.4, "salt": 0.25}])", images);
  EXPECT_NEAR(share(spoilt == 1), 0.1, 0.01);
  EXPECT_NEAR(share(spoilt == 0), 0.3, 0.01);
  EXPECT_NEAR(share(spoilt == 0.5), 0.6, 0.01);
  EXPECT_TRUE(torch::equal(spoilt.select(1, 0), spoilt.select(1, 1)));
}

TEST(Corruption, DownsamplingEqualsAveragesByHand) {
  const Tensor row = torch::tensor({0.0f, 0.2f, 0.4f, 1.0f}).view({1, 1, 1, 4});
  const auto small = [&](const std::string& size, const std::string& filter, const Tensor& image) {
    return corrupted(
               R"([{"name": "downsample", "size": )" + size + R"(, "filter": ")" + filter + "\"}]",
               image)
        .flatten();
  };
  expect_tensor_near(small("[1, 1]", "area", row), torch::tensor({0.4}), 1e-6);
  // The sample between the two middle pixels: no antialiasing.
  expect_tensor_near(small("[1, 1]", "bilinear", row), torch::tensor({0.3}), 1e-6);
  const Tensor three = torch::tensor({0.0f, 0.3f, 0.9f}).view({1, 1, 3, 1});
  expect_tensor_near(small("[2, 1]", "area", three), torch::tensor({0.1, 0.7}), 1e-6);
}

TEST(Corruption, DownsamplingEqualsResizingTheData) {
  const Tensor bytes = (uniform({5, 28, 20, 3}) * 255).round().to(at::kByte).contiguous();
  const Tensor images = bytes.permute({0, 3, 1, 2}).to(at::kFloat) / 255;
  for (const std::string filter : {"area", "bilinear"}) {
    const Tensor want = resize(bytes, {.length = 28, .from = 28, .to = 8},
                               {.length = 20, .from = 20, .to = 7}, filter);
    expect_tensor_near(
        corrupted(R"([{"name": "downsample", "size": [8, 7], "filter": ")" + filter + "\"}]",
                  images),
        want.permute({0, 3, 1, 2}).to(at::kFloat) / 255, 0.51 / 255);
  }
}

TEST(Corruption, EqualGeneratorsGiveEqualNoise) {
  const Tensor images = uniform({3, 3, 9, 7});
  const Tensor before = images.clone();
  for (const std::string list : {R"(["gaussian"])", R"(["masking"])", R"(["salt_pepper"])",
                                 R"([{"name": "masking", "block": [2, 2]}])"}) {
    SCOPED_TRACE(list);
    EXPECT_TRUE(torch::equal(corrupted(list, images), corrupted(list, images)));
    EXPECT_FALSE(torch::equal(corrupted(list, images), corrupted(list, images, 1)));
    // Where the values lie in memory makes no difference.
    EXPECT_TRUE(torch::equal(corrupted(list, images),
                             corrupted(list, images.contiguous(at::MemoryFormat::ChannelsLast))));
    EXPECT_FALSE(torch::equal(corrupted(list, images), images));
  }
  EXPECT_TRUE(torch::equal(images, before));
}

TEST(Corruption, AChainIsAppliedInOrder) {
  const ImageShape shape{1, 12, 10};
  const Tensor images = uniform({4, 1, 12, 10});
  const auto both = chain(
      R"([{"name": "downsample", "size": [6, 5]}, {"name": "masking", "fraction": 1}])", shape);
  EXPECT_EQ(both.output(), (ImageShape{1, 6, 5}));
  const auto draws = [] { return generator(0, Stream::kCorruption); };
  EXPECT_EQ(both.corrupt(images, draws()).abs().max().item<double>(), 0);
  EXPECT_EQ(both.corrupt(images, draws()).sizes(), (std::vector<int64_t>{4, 1, 6, 5}));
  // Encoding omits the noise and downsamples once.
  EXPECT_TRUE(both.noisy());
  EXPECT_EQ(both.input(), shape);
  expect_tensor_near(both.encoder_input(images), images.view({4, 1, 6, 2, 5, 2}).mean(5).mean(3),
                     1e-6);
  const Tensor small = uniform({4, 1, 6, 5});
  EXPECT_TRUE(both.encoder_input(small).is_same(small));
  const auto twice = chain(
      R"([{"name": "downsample", "size": [6, 5]}, {"name": "downsample", "size": [3, 1]}])", shape);
  EXPECT_EQ(twice.output(), (ImageShape{1, 3, 1}));
  EXPECT_FALSE(twice.noisy());
}

// A run stores the resolved config and reads it again.
TEST(Corruption, TheResolvedConfigIsAConfig) {
  Config config = Config::parse(
      R"({"corruption": ["masking", {"name": "masking", "block": [2, 2]}, "salt_pepper"]})",
      "c.json");
  configure_corruption(config.root(), false);
  Config again = Config::parse(config.resolved_text(), "again.json");
  EXPECT_EQ(configure_corruption(again.root(), false).parts.size(), 3U);
  EXPECT_EQ(again.resolved(), config.resolved());
}

TEST(Corruption, NoneByDefault) {
  Config config = Config::parse("{}", "c.json");
  const auto none = configure_corruption(config.root(), false).make({1, 4, 4});
  EXPECT_EQ(config.resolved().at("corruption").dump(), "[]");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.output(), (ImageShape{1, 4, 4}));
  const Tensor images = uniform({1, 1, 4, 4});
  EXPECT_TRUE(none.corrupt(images, generator(0, Stream::kCorruption)).is_same(images));
  EXPECT_TRUE(none.encoder_input(images).is_same(images));
  EXPECT_TRUE(chain("[]", {1, 4, 4}).empty());
  EXPECT_TRUE(chain("\"gaussian\"", {1, 4, 4}).noisy());
}

// Only pixels are clipped to 0..1, not the rows of a table.
TEST(Corruption, TablesAreNotClipped) {
  const Tensor rows = torch::full({100, 1, 1, 9}, 7.0);
  const Tensor noisy =
      chain(R"(["gaussian"])", {1, 1, 9}, true).corrupt(rows, generator(0, Stream::kCorruption));
  EXPECT_NEAR(noisy.mean().item<double>(), 7, 0.05);
  expect_error(
      [] {
        chain(R"(["downsample"])", {1, 1, 9}, true);
      },
      "c.json: corruption.0.name: downsample is for images, and the data set is a table; "
      "expected gaussian or masking");
  expect_error(
      [] {
        chain(R"(["salt_pepper"])", {1, 1, 9}, true);
      },
      "c.json: corruption.0.name: salt_pepper makes black and white pixels, and the data "
      "set is a table; expected gaussian or masking");
}

TEST(Corruption, MistakesAreNamed) {
  const auto message = [](const std::string& part) {
    return error_of([&] { chain("[" + part + "]", {1, 28, 28}); });
  };
  EXPECT_EQ(message(R"({"name": "gaussian", "std": 0})"),
            "c.json: corruption.0.std: got 0; expected a number > 0");
  EXPECT_EQ(message(R"({"name": "masking", "fraction": 1.5})"),
            "c.json: corruption.0.fraction: got 1.5; expected a number >= 0 and <= 1");
  EXPECT_EQ(message(R"({"name": "masking", "fraction": 0.5, "block": [3, 3]})"),
            "c.json: corruption.0.fraction: given with a block; expected a fraction of the pixels "
            "or a block, not both");
  EXPECT_EQ(message(R"({"name": "masking", "block": [3]})"),
            "c.json: corruption.0.block: got [3]; expected [height, width]");
  EXPECT_EQ(message(R"({"name": "masking", "block": [3, 29]})"),
            "c.json: corruption.0.block: 3x29 is larger than the image, 1x28x28; expected a block "
            "that fits into it");
  EXPECT_EQ(message(R"("gaussian", {"name": "downsample"})"),
            "c.json: corruption.1.size: missing; expected [height, width]");
  EXPECT_EQ(message(R"({"name": "downsample", "size": [8, 32]})"),
            "c.json: corruption.0.size: 8x32 is larger than the image, 1x28x28; expected a smaller "
            "size");
  EXPECT_EQ(message(R"({"name": "downsample", "size": [28, 28]})"),
            "c.json: corruption.0.size: 28x28 is the image's own size; expected a smaller one");
  EXPECT_TRUE(message(R"("gausian")")
                  .starts_with("c.json: corruption.0.name: unknown name \"gausian\"; did you mean "
                               "gaussian? known: "));
}

}  // namespace
}  // namespace latent
