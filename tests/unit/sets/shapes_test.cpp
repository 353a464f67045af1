#include "sets/shapes.h"

#include <numbers>

#include "config/config.h"
#include "sets/registry.h"
#include "unit/cache_folder.h"

namespace latent {
namespace {

std::unique_ptr<Dataset> shapes(const std::string& keys = "") {
  Config config = Config::parse("{\"data\": {\"name\": \"shapes\"" + keys + "}}", "x");
  const DatasetPlan plan = configure_dataset(config.root().section("data"));
  config.check_all_read();
  return plan.open();
}

Tensor rendered(const Factors& factors, const ImageShape& size) {
  Tensor pixels = torch::zeros({size.height, size.width, size.channels}, at::kByte);
  render_shape(factors, size, pixels.mutable_data_ptr<uint8_t>());
  return pixels;
}

double area(const Tensor& pixels) { return pixels.sum().item<double>() / 255; }

TEST(Shapes, FactorsFillTheRangesOfDSprites) {
  const Examples train = shapes(", \"count\": 3000, \"channels\": 3")->load(Split::kTrain);
  const std::tuple<const char*, double, double> ranges[] = {{"scale", 0.5, 1},
                                                            {"rotation", 0, 2 * std::numbers::pi},
                                                            {"x", 0, 1},
                                                            {"y", 0, 1},
                                                            {"hue", 0, 1}};
  for (const auto& [name, low, high] : ranges) {
    const Tensor values = train.find(name)->values;
    EXPECT_GE(values.min().item<double>(), low) << name;
    EXPECT_LT(values.max().item<double>(), high) << name;
    // Uniform: mean and deviation within five standard errors.
    EXPECT_NEAR(values.mean().item<double>(), (low + high) / 2, 0.03 * (high - low)) << name;
    EXPECT_NEAR(values.std().item<double>(), (high - low) / std::sqrt(12.0), 0.02 * (high - low))
        << name;
  }
  const Attribute* shape = train.find("shape");
  EXPECT_EQ(shape->classes, (std::vector<std::string>{"square", "ellipse", "heart"}));
  expect_tensor_near(shape->values.to(at::kLong).bincount({}, 3), torch::full({3}, 1000), 130);
  // Independent: every pair is uncorrelated.
  std::vector<Tensor> columns;
  for (const auto& attribute : train.attributes)
    columns.push_back(attribute.values);
  expect_tensor_near(torch::corrcoef(torch::stack(columns)), torch::eye(6), 0.09);
}

TEST(Shapes, AnImageDependsOnItsIndexAlone) {
  const auto small = shapes(", \"count\": 100"), large = shapes(", \"count\": 1000");
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    const Examples few = small->load(split), many = large->load(split);
    expect_tensor_near(few.pixels, many.pixels.narrow(0, 0, few.count()), 0);
    expect_tensor_near(few.find("x")->values, many.find("x")->values.narrow(0, 0, few.count()), 0);
  }
  EXPECT_EQ(small->load(Split::kValidation).count(), 64);
  EXPECT_EQ(large->load(Split::kTest).count(), 100);
}

TEST(Shapes, APackHoldsTheSame) {
  const CacheFolder cache;
  const auto memory = shapes(", \"count\": 3000, \"channels\": 3");
  const auto packed = shapes(", \"count\": 3000, \"channels\": 3, \"pack\": \"always\"");
  EXPECT_EQ(memory->pack(), nullptr);
  ASSERT_NE(packed->pack(), nullptr);
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    const Examples a = memory->load(split), b = packed->load(split);
    expect_tensor_near(b.pixels, a.pixels, 0);
    ASSERT_EQ(a.attributes.size(), b.attributes.size());
    for (const auto& attribute : a.attributes)
      expect_tensor_near(b.find(attribute.name)->values, attribute.values, 0);
    EXPECT_EQ(b.find("shape")->classes, a.find("shape")->classes);
  }
}

TEST(Shapes, SplitsShareNoImage) {
  const auto set = shapes(", \"count\": 1000");
  const auto x = [&](Split split) { return set->load(split).find("x")->values; };
  const Tensor all = torch::cat({x(Split::kTrain), x(Split::kValidation), x(Split::kTest)});
  EXPECT_EQ(std::get<0>(at::_unique(all)).numel(), 1200);
}

TEST(Shapes, ASquareCoversItsPixelsExactly) {
  // Half a side is 0.17 of 100 pixels: whole pixels, no half-covered edge.
  const Tensor got = rendered({.shape = 0, .x = 0.5, .y = 0.5}, {1, 100, 100});
  Tensor want = torch::zeros({100, 100, 1});
  want.narrow(0, 33, 34).narrow(1, 33, 34).fill_(255);
  expect_tensor_near(got, want, 0);
}

TEST(Shapes, EdgesAreAntiAliased) {
  // Whatever the place below a pixel, the covered area stays: 2 * 0.17 * 32 pixels squared.
  for (const double x : {0.5, 0.51, 0.52, 0.53}) {
    const double side = 2 * 0.17 * 32;
    EXPECT_NEAR(area(rendered({.shape = 0, .x = x, .y = x}, {1, 32, 32})), side * side, 1.0) << x;
  }
}

TEST(Shapes, AreasAreAlikeAndGrowWithTheSquareOfScale) {
  for (int64_t shape = 0; shape < 3; ++shape) {
    const double whole = area(rendered({.shape = shape}, {1, 200, 200}));
    EXPECT_NEAR(whole / (200.0 * 200), 0.1183, 0.005) << shape;
    EXPECT_NEAR(area(rendered({.shape = shape, .scale = 0.5}, {1, 200, 200})) / whole, 0.25, 0.003)
        << shape;
  }
}

// Mean place of the light.  Returns {x, y} in pixels.
std::pair<double, double> centre(const Tensor& pixels) {
  const Tensor light = pixels.select(2, 0).to(at::kDouble);
  const auto along = [&](int64_t dimension) {
    const Tensor sums = light.sum(1 - dimension);
    return (sums * (torch::arange(sums.numel()) + 0.5)).sum().item<double>() /
           sums.sum().item<double>();
  };
  return {along(1), along(0)};
}

TEST(Shapes, PlacesFollowXAndY) {
  for (int64_t shape = 0; shape < 2; ++shape) {  // the heart's mean is not its centre
    const auto [x, y] =
        centre(rendered({.shape = shape, .rotation = 1, .x = 0.25, .y = 1}, {1, 80, 160}));
    EXPECT_NEAR(x, 20 + 0.25 * 120, 0.05);  // the margin is a quarter of the shorter side
    EXPECT_NEAR(y, 60, 0.05);
  }
}

TEST(Shapes, ShapesAreNeverCutByTheBorder) {
  for (uint64_t index = 0; index < 300; ++index) {
    Factors factors = draw_factors(index);
    factors.scale = 1;
    factors.x = factors.y = 0.5;
    const double whole = area(rendered(factors, {1, 64, 64}));
    factors.x = static_cast<double>(index % 2);
    factors.y = static_cast<double>(index / 2 % 2);
    ASSERT_NEAR(area(rendered(factors, {1, 64, 64})), whole, 1.0) << index;  // of some 480 pixels
  }
}

TEST(Shapes, TheHeartStandsOnItsTipAndTurnsCounterClockwise) {
  const auto upright = rendered({.shape = 2}, {1, 64, 64}).select(2, 0).to(at::kDouble);
  expect_tensor_near(upright, upright.flip(1), 1);  // mirror-symmetric
  const auto row_width = [&](int64_t row) { return upright[row].sum().item<double>(); };
  EXPECT_GT(row_width(25), row_width(42));  // lobes above, tip below
  const auto turned =
      rendered({.shape = 2, .rotation = std::numbers::pi / 2}, {1, 64, 64}).select(2, 0);
  expect_tensor_near(turned, upright.rot90(1), 1);
}

TEST(Shapes, ColourIsTheHue) {
  const auto colour = [](double hue) {
    return rendered({.shape = 0, .hue = hue}, {3, 32, 32})[16][16];
  };
  expect_tensor_near(colour(0), torch::tensor({255, 0, 0}), 0);
  expect_tensor_near(colour(1.0 / 6), torch::tensor({255, 255, 0}), 0);
  expect_tensor_near(colour(1.0 / 3), torch::tensor({0, 255, 0}), 0);
  expect_tensor_near(colour(2.0 / 3), torch::tensor({0, 0, 255}), 0);
  expect_tensor_near(colour(0.75), torch::tensor({128, 0, 255}), 0);
}

TEST(Shapes, NamesWrongKeys) {
  expect_error([] { shapes(", \"channels\": 2"); }, "x: data.channels: got 2; expected 1 or 3");
  expect_error([] { shapes(", \"size\": []"); }, "x: data.size: got []; expected [height, width]");
  expect_error(
      [] { shapes(", \"cuont\": 5"); },
      "x: data.cuont: unknown key; did you mean count? known: augment, binarize, channels, "
      "count, grid, "
      "keep, name, pack, size");
}

}  // namespace
}  // namespace latent
