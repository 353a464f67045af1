#include "sets/shapes_grid.h"

#include <numbers>

#include "config/config.h"
#include "sets/registry.h"
#include "unit/cache_folder.h"

namespace latent {
namespace {

DatasetPlan grid_plan(const std::string& keys = "") {
  Config config = Config::parse(
      R"({"data": {"name": "shapes", "grid": "dsprites", "count": 3000)" + keys + "}}", "x");
  DatasetPlan plan = configure_dataset(config.root().section("data"));
  config.check_all_read();
  return plan;
}

TEST(ShapesGrid, IsNumberedAsDSprites) {
  const DatasetPlan plan = grid_plan();
  const FactorGrid& grid = *plan.grid;
  EXPECT_EQ(grid.count(), 737280);
  const Tensor numbers = torch::tensor({0, 1, 32, 1024, 40960, 245760, 737279});
  const Tensor levels = torch::tensor({{0, 0, 0, 0, 0},
                                       {0, 0, 0, 0, 1},
                                       {0, 0, 0, 1, 0},
                                       {0, 0, 1, 0, 0},
                                       {0, 1, 0, 0, 0},
                                       {1, 0, 0, 0, 0},
                                       {2, 5, 39, 31, 31}});
  expect_tensor_near(grid.levels(numbers), levels, 0);
  expect_tensor_near(grid.numbers(levels), numbers, 0);
  const Factors last = grid_factors(737279);
  EXPECT_EQ(last.shape, 2);
  EXPECT_EQ(last.scale, 1);
  EXPECT_NEAR(last.rotation, 2 * std::numbers::pi * 39 / 40, 1e-12);
  EXPECT_EQ(last.x, 1);
  EXPECT_EQ(last.y, 1);
  EXPECT_EQ(grid_factors(0).scale, 0.5);
}

TEST(ShapesGrid, RefusesWhatIsNotOnIt) {
  const DatasetPlan plan = grid_plan();
  const FactorGrid& grid = *plan.grid;
  expect_error([&] { grid.levels(torch::tensor({737280})); },
               "number of a grid: got 737280; expected 0 to 737279");
  expect_error(
      [&] {
        grid.numbers(torch::tensor({{0, 6, 0, 0, 0}}));
      },
      "level of scale: got 6; expected 0 to 5");
}

TEST(ShapesGrid, ImagesAreThoseOfTheRangesMovedToTheGrid) {
  const Examples train = grid_plan().open()->load(Split::kTrain);
  const int64_t levels[] = {3, 6, 40, 32, 32};
  for (size_t f = 0; f < 5; ++f) {
    const auto found = std::get<0>(at::_unique(train.attributes[f].values)).numel();
    EXPECT_EQ(found, levels[f]) << train.attributes[f].name;
  }
  for (const int64_t image : {0, 7, 2999}) {
    const Factors drawn = draw_factors(static_cast<uint64_t>(image));
    EXPECT_EQ(train.find("shape")->values[image].item<double>(), double(drawn.shape));
    EXPECT_NEAR(train.find("x")->values[image].item<double>(), drawn.x, 1.0 / 31);
    EXPECT_NEAR(train.find("rotation")->values[image].item<double>(), drawn.rotation,
                2 * std::numbers::pi / 40);
  }
}

TEST(ShapesGrid, RendersAnyCombination) {
  const DatasetPlan plan = grid_plan();
  const Examples train = plan.open()->load(Split::kTrain);
  const Tensor numbers =
      torch::tensor({grid_number(draw_factors(5)), grid_number(draw_factors(9))});
  const Examples drawn = plan.grid->render(numbers);
  expect_tensor_near(drawn.pixels, train.pixels.index_select(0, torch::tensor({5, 9})), 0);
  EXPECT_EQ(drawn.find("shape")->classes, train.find("shape")->classes);
  expect_tensor_near(drawn.find("y")->values,
                     train.find("y")->values.index_select(0, torch::tensor({5, 9})), 0);
}

TEST(ShapesGrid, APackHoldsTheSameAndIsNotThatOfTheRanges) {
  const CacheFolder cache;
  const auto load = [](const std::string& keys) {
    return grid_plan(", \"size\": [8, 8]" + keys).open()->load(Split::kTest).pixels;
  };
  const Tensor without = load("");
  Config config = Config::parse(
      R"({"data": {"name": "shapes", "count": 3000, "size": [8, 8], "pack": "always"}})", "x");
  const Tensor ranges =
      configure_dataset(config.root().section("data")).open()->load(Split::kTest).pixels;
  expect_tensor_near(load(", \"pack\": \"always\""), without, 0);
  EXPECT_FALSE(ranges.equal(without));
}

TEST(ShapesGrid, IsNotThereForSomeOfTheImagesOrWithColours) {
  EXPECT_EQ(grid_plan(", \"keep\": \"shape=heart\"").grid, nullptr);
  Config config = Config::parse(R"({"data": {"name": "shapes"}})", "x");
  EXPECT_EQ(configure_dataset(config.root().section("data")).grid, nullptr);
  expect_error([] { grid_plan(", \"channels\": 3"); },
               "x: data.grid: got \"dsprites\" for coloured shapes; its factors have no hue; "
               "expected data.channels 1, or grid \"none\"");
}

}  // namespace
}  // namespace latent
