// A penalty with three terms and an adversary, and a bottleneck whose latents are a map with a loss
// and a prior of its own: trained, resumed, reported and sampled like those of the tool.
#include <ATen/ATen.h>

#include <cmath>

#include "core/system/file.h"
#include "model/summary.h"
#include "unit/own_parts.h"
#include "unit/training.h"

namespace latent {
namespace {

const std::vector<std::string> kThree{"objective.three={}"};

class OwnPartsTest : public TrainerTest {
 protected:
  OwnRow<PenaltyRow> penalty_{penalties(), three_terms()};
  OwnRow<BottleneckRow> bottleneck_{bottlenecks(), levels()};
  OwnRow<LayerKind> kind_{layer_kinds(), levels_code()};
};

// Everything that a resumed run could forget, with the map bottleneck: no KL, no dense layers.
std::string with_levels() {
  std::string text = kEverything;
  const std::string kl = R"(, "kl": {"warmup_epochs": 3})";
  text.erase(text.find(kl), kl.size());
  return text.replace(text.find(R"("latent_dim": 3)"), 15,
                      R"("latent_dim": 3, "bottleneck": "levels")");
}

TEST_F(OwnPartsTest, TheTermsOfAPenaltyAreReported) {
  const auto t = prepare(kEverything, folder_ / "run", kThree);
  t.trainer->train({});
  const MetricsTable metrics = read_metrics(folder_ / "run/metrics.csv");
  for (const char* term : {"size", "shift", "told"}) {
    for (const char* split : {"train_", "val_"})
      EXPECT_TRUE(std::isfinite(metrics.column(std::string(split) + term).back())) << term;
  }
  t.objective->schedule(100);
  const Evaluation got = evaluate(*t.model, *t.objective, t.examples, {});
  EXPECT_NEAR(got.loss,
              got.term("nll") + got.term("kl") + got.term("size") + 0.1 * got.term("shift") -
                  got.term("told") / 21,
              1e-4 * std::abs(got.loss));
}

TEST_F(OwnPartsTest, AnAdversaryLearnsAndIsResumed) {
  train(kEverything, folder_ / "whole", kThree);
  train(kEverything, folder_ / "parts", {"objective.three={}", "train.epochs=2"});
  const auto half = last(folder_ / "parts");
  train(kEverything, folder_ / "parts", {"objective.three={}", "train.epochs=4"}, true);
  const auto whole = last(folder_ / "whole");
  EXPECT_EQ(first_difference(whole, last(folder_ / "parts")), "");
  for (const char* name :
       {"adversary.three.weight", "adversary.three.seen", "objective.three.scale"})
    EXPECT_FALSE(torch::equal(half.at(name), whole.at(name))) << name;
  EXPECT_EQ(whole.at("adversary.three.seen").item<float>(), 12);  // 4 epochs of 3 batches
  EXPECT_EQ(whole.count("optimizer.adversary.three.weight.exp_avg"), 1u);
}

TEST_F(OwnPartsTest, ABadStepChangesNoPlayer) {
  const auto t = prepare(
      kEverything, folder_ / "run",
      {"objective.three={}", "train.on_nan={\"name\": \"skip\", \"limit\": 100}", "train.epochs=1"},
      false, 3);
  t.trainer->train({});
  EXPECT_EQ(last(folder_ / "run").at("adversary.three.seen").item<float>(), 2);  // of 3 batches
  EXPECT_TRUE(last(folder_ / "run").at("adversary.three.weight").isfinite().all().item<bool>());
}

TEST_F(OwnPartsTest, AMapWithALossAndAPriorTrainsAndIsResumed) {
  train(with_levels(), folder_ / "whole");
  train(with_levels(), folder_ / "parts", {"train.epochs=2"});
  train(with_levels(), folder_ / "parts", {"train.epochs=4"}, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  const MetricsTable metrics = read_metrics(folder_ / "whole/metrics.csv");
  EXPECT_GT(metrics.column("train_commitment").back(), 0);
  const auto t = prepare(with_levels(), folder_ / "run");
  const Evaluation got = evaluate(*t.model, *t.objective, t.examples, {});
  EXPECT_NEAR(got.loss, got.term("nll") + got.term("commitment"), 1e-4 * std::abs(got.loss));
  EXPECT_FALSE(got.kl.defined());
}

TEST_F(OwnPartsTest, AMapTakesTheConditionAsChannels) {
  const std::vector<std::string> told{"model.condition=shape,scale"};
  const auto t = prepare(with_levels(), folder_ / "run", told);
  t.trainer->train({});
  t.model->eval();
  const LatentShape shape = t.model->bottleneck().shape();
  const Tensor z = at::zeros({2, shape[0], shape[1], shape[2]});
  Tensor condition = at::zeros({2, 4});
  condition[1][3] = 1;
  const Tensor decoded = t.model->decode(z, condition);
  EXPECT_TRUE(at::allclose(decoded[0], t.model->decode(z)[0]));
  EXPECT_FALSE(at::allclose(decoded[0], decoded[1]));
  int64_t parameters = 0;
  for (const auto& row : summarize(t.model->spec()))
    parameters += row.parameters;
  EXPECT_EQ(parameters, count_parameters(*t.model));
}

TEST_F(OwnPartsTest, AMapIsSummarized) {
  const auto t = prepare(with_levels(), folder_ / "run");
  for (const auto& row : summarize(t.model->spec())) {
    if (row.name == "bottleneck.values") {
      EXPECT_EQ(row.shape, t.model->bottleneck().shape());
    }
    if (row.name == "bottleneck") {
      EXPECT_EQ(row.statistics, 3);
    }
  }
}

TEST_F(OwnPartsTest, RowsAndMapsDecodeAlike) {
  const auto t = prepare(with_levels(), folder_ / "run");
  t.model->eval();
  auto noise = generator(0, Stream::kSample);
  const Tensor z = t.model->bottleneck().prior()->sample(2, 1, noise);
  EXPECT_EQ(z.sizes(), (c10::IntArrayRef{2, t.model->latent_dim()}));
  EXPECT_TRUE(t.model->bottleneck().nearest_valid(z).equal(z));
  const LatentShape shape = t.model->bottleneck().shape();
  expect_tensor_near(t.model->decode(z), t.model->decode(z.view({2, shape[0], shape[1], shape[2]})),
                     1e-5);
  EXPECT_THROW(t.model->decode(z.narrow(1, 1, 3)), c10::Error);
}

TEST_F(OwnPartsTest, AMapNeedsFeatureMaps) {
  const auto make = [](const std::string& model) { return make_model(model, {1, 8, 8}); };
  expect_error([&] { make(R"({"encoder": "dense", "bottleneck": "levels"})"); },
               "test.json: model.encoder: a dense encoder makes no feature maps, which this "
               "bottleneck needs; expected model.encoder \"conv\"");
  expect_error(
      [&] { make(R"({"encoder": {"channels": [4], "dense": [8]}, "bottleneck": "levels"})"); },
      "test.json: model.encoder.dense: this bottleneck takes feature maps; expected []");
  expect_error(
      [&] {
        make(R"({"encoder": {"channels": [4]}, "decoder": {"channels": [4, 4]},
                 "bottleneck": "levels"})");
      },
      "test.json: model.decoder.channels: the latents are a map of 4x4, the first feature map is "
      "2x2; expected as many layers and the same strides as the encoder's");
}

}  // namespace
}  // namespace latent
