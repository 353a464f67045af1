#include "explore/run_explorer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/system/file.h"
#include "explore/static_export.h"
#include "image/codecs.h"
#include "image/picture.h"
#include "space/paths.h"
#include "unit/training.h"
#include "visual/grid.h"

namespace latent::explore {
namespace {

class RunExplorerTest : public TrainerTest {
 protected:
  // 21 images of 8x8 pixels with shapes and scales, and a model that gets both.
  OpenedRun small(const std::vector<std::string>& settings = {}) {
    std::vector<std::string> all{"train.epochs=1"};
    all.insert(all.end(), settings.begin(), settings.end());
    train(kEverything, folder_ / "run", all);
    return OpenedRun::open(folder_ / "run", "last", c10::kCPU);
  }
};

Tensor floats(const std::string& bytes) {
  Tensor values = at::empty({static_cast<int64_t>(bytes.size() / 4)}, at::kFloat);
  std::memcpy(values.mutable_data_ptr(), bytes.data(), bytes.size());
  return values;
}

// The pixels of a frame's pictures, as the commands write them.
std::string pixels_of(const Tensor& images) {
  std::string all;
  for (const Tensor& image : images.unbind(0)) {
    const Picture picture = visual::picture(image);
    all.append(reinterpret_cast<const char*>(picture.pixels.data()), picture.pixels.size());
  }
  return all;
}

TEST_F(RunExplorerTest, InfoNamesWhatTheRunHas) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const Json info = explorer.info();
  EXPECT_EQ(info["count"], explorer.examples());
  EXPECT_EQ(info["latents"], 3);
  EXPECT_EQ(info["shape"], (std::vector<int64_t>{1, 8, 8}));
  EXPECT_EQ(info["table"], false);
  EXPECT_EQ(info["noise"], true);
  EXPECT_EQ(info["map"], nullptr);
  EXPECT_EQ(info["condition"][0]["name"], "shape");
  EXPECT_EQ(info["condition"][0]["classes"].size(), 3U);
  EXPECT_EQ(info["order"].size(), 3U);
}

TEST_F(RunExplorerTest, PointsAreTheCodes) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const Tensor codes = split_codes(run, Split::kTrain, true).code;
  const Frame frame = explorer.points({.components = false, .x = 2, .y = 0});
  const Tensor points = floats(frame.bytes).view({-1, 2});
  EXPECT_TRUE(at::equal(points.select(1, 0), codes.select(1, 2)));
  EXPECT_TRUE(at::equal(points.select(1, 1), codes.select(1, 0)));
  EXPECT_EQ(frame.head["axes"][0], "z2");
  EXPECT_EQ(explorer.points({.components = true}).bytes.size(), frame.bytes.size());
}

TEST_F(RunExplorerTest, PicturesAreThoseOfTheCommands) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const ExampleBatch batch = batch_of(run.load(Split::kTrain), at::tensor({4, 1}, at::kLong));
  const Latent latent = run.encode(batch);
  const Frame frame = explorer.pictures({.indices = {4, 1}});
  EXPECT_EQ(frame.bytes,
            pixels_of(batch.images) + pixels_of(run.pictures(latent.code, latent.condition)));
  EXPECT_EQ(frame.head["z"].size(), 2U);
  EXPECT_EQ(explorer.decode(latent.code.narrow(0, 1, 1), {.words = {}, .like = 1}).bytes,
            pixels_of(run.pictures(latent.code.narrow(0, 1, 1), latent.condition.narrow(0, 1, 1))));
}

TEST_F(RunExplorerTest, TheConditionIsWhatThePageChose) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const Tensor z = at::zeros({1, 3});
  std::string word = "shape=";
  word += explorer.info()["condition"][0]["classes"][1].get<std::string>();
  EXPECT_EQ(explorer.decode(z, {.words = word}).bytes,
            pixels_of(run.pictures(z, run.condition.row(word, "condition"))));
  EXPECT_EQ(explorer.decode(z, {}).bytes, pixels_of(run.pictures(z)));
  EXPECT_NE(error_of([&] { explorer.decode(z, {.words = "shape=no such"}); }), "");
}

TEST_F(RunExplorerTest, ErrorsComePieceByPiece) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  Frame frame = explorer.values("error");
  while (frame.bytes.empty())
    frame = explorer.values("error");
  const ExampleBatch all = batch_of(run.load(Split::kTrain), 0, explorer.examples());
  const Latent latent = run.encode(all);
  const Tensor want =
      (run.pictures(latent.code, latent.condition) - all.images).flatten(1).square().mean(1).sqrt();
  EXPECT_TRUE(tensors_near(floats(frame.bytes), want, at::tensor(1e-6)));
  EXPECT_EQ(floats(explorer.values("scale").bytes).numel(), explorer.examples());
  EXPECT_NE(error_of([&] { explorer.values("nothing"); }), "");
}

TEST_F(RunExplorerTest, NoiseMovesTheImageByItsShare) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const auto shown = [&](double noise) {
    return explorer
        .pictures({.indices = {3}, .originals = true, .reconstructions = false, .noise = noise})
        .bytes;
  };
  EXPECT_NE(shown(1), shown(0));
  EXPECT_EQ(shown(1), shown(1));
}

TEST_F(RunExplorerTest, MorphsAreThePathsOfInterpolate) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const Tensor codes = split_codes(run, Split::kTrain, true).code;
  MorphRequest request{.points = codes.narrow(0, 0, 2), .steps = 5};
  const Tensor z = space::linear(codes[0], codes[1], 5);
  EXPECT_EQ(explorer.morph(request).bytes, pixels_of(run.pictures(z)));
  request.path = MorphPath::kData;
  const Frame along = explorer.morph(request);
  EXPECT_EQ(along.head["z"].size(), 5U);
  EXPECT_EQ(explorer.morph_gif(request).substr(0, 6), "GIF89a");
}

TEST_F(RunExplorerTest, DirectionsHaveAnAurocAndRaiseTheScore) {
  const OpenedRun run = small({"data.count=120"});
  RunExplorer explorer(run, Split::kTrain, true);
  const Json all = explorer.attributes();
  EXPECT_EQ(all["found_on"], "half of the train images");
  ASSERT_GE(all["directions"].size(), 4U);  // three shapes and the scale
  EXPECT_EQ(all["directions"][0]["step"].size(), 3U);
  const Json one = explorer.direction({.attribute = "scale", .orthogonal_to = {}});
  EXPECT_EQ(one["attribute"], "scale");
  EXPECT_NE(error_of([&] { explorer.direction({.attribute = "smile", .orthogonal_to = {}}); }), "");
}

TEST_F(RunExplorerTest, APictureOfOnesOwnIsEncoded) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  const Tensor image = run.load(Split::kTrain).images(0, 1);
  if (have_codecs()) {
    const Frame frame = explorer.encode(png_bytes(visual::picture(image[0]), "x"));
    EXPECT_EQ(frame.bytes.substr(0, 64), pixels_of(image));
    EXPECT_EQ(frame.head["size"], (std::vector<int64_t>{8, 8}));
  }
  EXPECT_NE(error_of([&] { explorer.encode("no picture"); }), "");
  EXPECT_NE(error_of([&] { explorer.encode(""); }), "");
}

TEST_F(RunExplorerTest, RandomCodesAndNeighbours) {
  const OpenedRun run = small();
  RunExplorer explorer(run, Split::kTrain, true);
  EXPECT_EQ(explorer.random(1, 3), explorer.random(1, 3));
  EXPECT_NE(explorer.random(1, 3), explorer.random(1, 4));
  EXPECT_EQ(explorer.random(0, 3)["z"], (std::vector<double>{0, 0, 0}));
  const Tensor codes = split_codes(run, Split::kTrain, true).code;
  const Json near = explorer.neighbours(codes.narrow(0, 5, 1), 3);
  EXPECT_EQ(near["indices"][0], 5);
  EXPECT_EQ(near["distances"][0], 0.0);
}

TEST_F(RunExplorerTest, AStaticPageHoldsEverything) {
  const OpenedRun run = small({"model.latent_dim=2"});
  RunExplorer explorer(run, Split::kTrain, true);
  const std::string html = static_html(explorer);
  for (const char* part : {"\"sprites\"", "\"grid\"", "\"floats\"", "\"error\"", "data:image/"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace latent::explore
