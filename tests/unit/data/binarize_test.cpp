// Images in black and white.
#include "data/binarize.h"

#include <cmath>

#include "core/random.h"
#include "unit/datasets.h"
#include "unit/expect.h"

namespace latent {
namespace {

Examples shapes(const std::string& keys, Split split = Split::kTrain) {
  return open_dataset(R"("name": "shapes", "size": [16, 16], "count": 1100)" + keys)->load(split);
}

bool black_and_white(const Tensor& pixels) {
  return pixels.eq(0).logical_or(pixels.eq(255)).all().item<bool>();
}

TEST(Binarization, DrawsPixelsWithTheirValueAsTheProbability) {
  const Tensor grey = shapes("").pixels, drawn = shapes(R"(, "binarize": "fixed")").pixels;
  ASSERT_FALSE(black_and_white(grey));
  EXPECT_TRUE(black_and_white(drawn));
  // Black and white pixels stay; the mean of the others is theirs, within 5 standard errors.
  EXPECT_TRUE(drawn.index({grey.eq(0)}).eq(0).all().item<bool>());
  EXPECT_TRUE(drawn.index({grey.eq(255)}).eq(255).all().item<bool>());
  const Tensor chance = grey.index({grey.gt(0).logical_and(grey.lt(255))}).to(at::kDouble) / 255;
  const Tensor hits = drawn.index({grey.gt(0).logical_and(grey.lt(255))}).to(at::kDouble) / 255;
  const double error = std::sqrt((chance * (1 - chance)).sum().item<double>());
  EXPECT_NEAR(hits.sum().item<double>(), chance.sum().item<double>(), 5 * error);
}

TEST(Binarization, IsTheSameForASeed) {
  const auto drawn = [](const std::string& seed, Split split) {
    return shapes(R"(, "binarize": {"name": "fixed", "seed": )" + seed + "}", split).pixels;
  };
  EXPECT_TRUE(drawn("0", Split::kTrain).equal(shapes(R"(, "binarize": "fixed")").pixels));
  EXPECT_FALSE(drawn("0", Split::kTrain).equal(drawn("1", Split::kTrain)));
}

TEST(Binarization, DrawsOneImageTheSameInAnySet) {
  const auto drawn = [](const std::string& count) {
    return open_dataset(R"("name": "shapes", "size": [16, 16], "binarize": "fixed", "count": )" +
                        count)
        ->load(Split::kTrain)
        .pixels.narrow(0, 0, 64);
  };
  EXPECT_TRUE(drawn("64").equal(drawn("90")));
}

TEST(Binarization, DrawsBeforeKeepChooses) {
  const Tensor all = shapes(R"(, "binarize": "fixed")").pixels;
  const Examples kept = shapes(R"(, "binarize": "fixed", "keep": "shape=heart")");
  const Examples grey = shapes("");
  const Tensor hearts = grey.find("shape")->values.eq(2).nonzero().squeeze(1);
  EXPECT_TRUE(kept.pixels.equal(all.index_select(0, hearts)));
}

TEST(Binarization, LeavesTheTrainingSplitGreyIfDynamic) {
  const std::string dynamic = R"(, "binarize": "dynamic")";
  EXPECT_TRUE(shapes(dynamic).pixels.equal(shapes("").pixels));
  EXPECT_TRUE(black_and_white(shapes(dynamic, Split::kValidation).pixels));
  EXPECT_TRUE(shapes(dynamic, Split::kTest)
                  .pixels.equal(shapes(R"(, "binarize": "fixed")", Split::kTest).pixels));
}

TEST(Binarization, DrawsTrainingImagesAgainInEachStepIfDynamic) {
  const DatasetPlan plan =
      dataset_plan(R"("name": "shapes", "size": [16, 16], "count": 64, "binarize": "dynamic")");
  const Examples grey = plan.open()->load(Split::kTrain);
  const Tensor images = grey.images(0, 64);
  ASSERT_TRUE(plan.augmentation.active());
  const auto drawn = [&](uint64_t step) {
    return plan.augmentation.apply(images, generator(0, Stream::kAugmentation, step));
  };
  EXPECT_TRUE(black_and_white(drawn(1) * 255));
  EXPECT_FALSE(drawn(1).equal(drawn(2)));
  EXPECT_TRUE(drawn(1).equal(drawn(1)));
  EXPECT_TRUE(drawn(1).index({images.eq(1)}).eq(1).all().item<bool>());
}

TEST(Binarization, IsForImagesOnly) {
  expect_error([] { dataset_plan(R"("name": "table", "file": "x.csv", "binarize": "fixed")"); },
               "x: data.binarize: given for a table; expected a data set of images");
  expect_error([] { dataset_plan(R"("name": "shapes", "binarize": "fixd")"); },
               "x: data.binarize.name: unknown name \"fixd\"; did you mean fixed? known: dynamic, "
               "fixed, none");
}

}  // namespace
}  // namespace latent
