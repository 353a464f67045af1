#include "session/opened_run.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/system/file.h"
#include "model/summary.h"
#include "unit/own_parts.h"
#include "unit/training.h"

namespace latent {
namespace {

class OpenedRunTest : public TrainerTest {
 protected:
  // A run with a condition: the shape (one of three) and the scale.
  OpenedRun conditional(const std::vector<std::string>& settings = {}) {
    std::vector<std::string> all{"train.epochs=1", "model.condition=shape,scale"};
    all.insert(all.end(), settings.begin(), settings.end());
    train(kEverything, folder_ / "run", all);
    return OpenedRun::open(folder_ / "run", "last", c10::kCPU);
  }
};

TEST_F(OpenedRunTest, TheConditionComesFromTheExamplesAttributes) {
  const OpenedRun run = conditional();
  EXPECT_EQ(run.condition.size(), 4);
  EXPECT_EQ(run.model->condition_size(), 4);
  const ExampleBatch known = batch_of(run.load(Split::kTrain), 0, 5);
  const Latent told = run.encode(known), untold = run.encode({.images = known.images});
  EXPECT_TRUE(at::equal(told.condition, run.condition.rows(known.attributes, 5)));
  EXPECT_TRUE(at::equal(untold.condition, at::zeros({5, 4})));
  EXPECT_FALSE(at::allclose(told.code, untold.code));
}

TEST_F(OpenedRunTest, TheConditionReachesTheDecoder) {
  const OpenedRun run = conditional();
  const Tensor z = normal({600, 3});  // more than a batch
  Tensor each = at::zeros({600, 4});
  each.narrow(0, 550, 50).select(1, 2).fill_(1);
  const Tensor pictures = run.pictures(z, each), none = run.pictures(z);
  EXPECT_TRUE(at::allclose(pictures.narrow(0, 0, 550), none.narrow(0, 0, 550)));
  EXPECT_FALSE(at::allclose(pictures.narrow(0, 550, 50), none.narrow(0, 550, 50)));
  // One row counts for all.
  const Tensor one = at::tensor(std::vector<float>{0, 0, 1, 0}).unsqueeze(0);
  EXPECT_TRUE(at::allclose(run.pictures(z, one).narrow(0, 550, 50), pictures.narrow(0, 550, 50)));
  EXPECT_THROW(run.pictures(z, at::zeros({600, 3})), c10::Error);
}

TEST_F(OpenedRunTest, MapsAreRowsOutsideTheModel) {
  const OwnRow<BottleneckRow> row(bottlenecks(), levels());
  const OwnRow<LayerKind> kind(layer_kinds(), levels_code());
  train(R"({"data": {"name": "shapes", "count": 12, "size": [8, 8]},
            "model": {"encoder": {"channels": [4]}, "bottleneck": "levels", "latent_dim": 2},
            "train": {"epochs": 1, "batch_size": 12}})",
        folder_ / "run");
  const OpenedRun run = OpenedRun::open(folder_ / "run", "last", c10::kCPU);
  const ExampleBatch some = batch_of(run.load(Split::kTrain), 0, 5);
  const Latent rows = run.encode(some);
  ASSERT_EQ(rows.code.sizes(), (c10::IntArrayRef{5, 2 * 4 * 4}));
  EXPECT_EQ(rows.z.sizes(), rows.code.sizes());
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(at::equal(rows.code, run.model->encode(some.images).code.flatten(1)));
  const Tensor pictures = run.pictures(rows.code);
  EXPECT_EQ(pictures.sizes(), some.images.sizes());
  // Latents that the bottleneck cannot make count as the nearest that it can.
  EXPECT_TRUE(at::equal(run.pictures(rows.code + 0.1), pictures));
}

TEST_F(OpenedRunTest, TheSummaryCountsTheConditionsWeights) {
  const OpenedRun with = conditional();
  int64_t parameters = 0;
  for (const auto& row : summarize(with.model->spec()))
    parameters += row.parameters;
  EXPECT_EQ(parameters, count_parameters(*with.model));
}

TEST_F(OpenedRunTest, AConfigWithoutTheConditionIsRefused) {
  conditional();
  const fs::path config = folder_ / "run" / "config.json";
  std::string text = read_file(config);
  const size_t key = text.find("\"shape,scale\"");
  ASSERT_NE(key, std::string::npos);
  text.replace(key, 13, "\"\"");
  text.replace(text.find("\"condition_drop\""), 16, "//\"condition_drop\"");
  write_file(config, text);
  EXPECT_NE(error_of([&] {
              OpenedRun::open(folder_ / "run", "last", c10::kCPU);
            }).find("config.json: its model.condition does not fit the checkpoint"),
            std::string::npos);
}

TEST_F(OpenedRunTest, ARunGoesOnOnlyWithTheSameClassesAndNumbers) {
  conditional();
  StoredCheckpoint checkpoint = read_checkpoint(RunDirectory::open(folder_ / "run"), "last");
  std::string& stored = checkpoint.file.metadata.at("condition");
  stored.replace(stored.find("heart"), 5, "spade");
  const auto t =
      prepare(kEverything, folder_ / "run", {"train.epochs=1", "model.condition=shape,scale"}, true,
              -1, alone(), false);
  EXPECT_NE(error_of([&] {
              t.trainer->restore(checkpoint);
            }).find("was trained with other classes or numbers of model.condition"),
            std::string::npos);
}

TEST_F(OpenedRunTest, AModelWithoutAConditionTakesNone) {
  const auto model = make_model(R"({"encoder": {"channels": [4]}, "latent_dim": 3})", {1, 8, 8});
  EXPECT_EQ(model->condition_size(), 0);
  EXPECT_THROW(model->encode(uniform({2, 1, 8, 8}), at::zeros({2, 1})), c10::Error);
}

}  // namespace
}  // namespace latent
