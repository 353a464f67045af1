#include "analysis/latent_source.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include "analysis/mixture.h"
#include "analysis/training_rule.h"
#include "core/system/file.h"
#include "session/codes.h"
#include "unit/npy_files.h"
#include "unit/own_parts.h"
#include "unit/training.h"

namespace latent {
namespace {

// Runs on six images of 4 x 4 with labels 0, 1 and 2, of which each class has three, two and one.
class LatentSourceTest : public TrainerTest {
 protected:
  void write_labels(const std::string& labels) {
    write_file(folder_ / "y.npy", testing_files::npy_bytes("|u1", "(6,)", labels));
  }

  OpenedRun trained(const std::string& bottleneck, const std::string& condition = "") {
    std::string pixels;
    for (int i = 0; i < 6 * 16; ++i)
      pixels += static_cast<char>((37 * i) % 251);
    write_file(folder_ / "x.npy", testing_files::npy_bytes("|u1", "(6, 4, 4)", pixels));
    write_labels(std::string("\0\0\0\1\1\2", 6));
    const std::string images = (folder_ / "x.npy").string(), labels = (folder_ / "y.npy").string();
    const std::string text =
        fmt::format(R"({{"data": {{"name": "npy", "images": "{0}", "labels": "{1}",
                                 "test_images": "{0}", "test_labels": "{1}"}},
            "model": {{"encoder": {{"name": "dense", "hidden": []}}, "latent_dim": 2,
                      "bottleneck": "{2}", "condition": "{3}"}},
            "train": {{"epochs": 1, "batch_size": 6}}}})",
                    images, labels, bottleneck, condition);
    train(text, folder_ / "run");
    return OpenedRun::open(folder_ / "run", "last", c10::kCPU);
  }

  static Tensor codes_of(const OpenedRun& run, const std::vector<int64_t>& rows) {
    return select(split_codes(run, Split::kTrain, true), at::tensor(rows)).code.to(at::kDouble);
  }
};

TEST_F(LatentSourceTest, AMixtureOfOneClassIsFittedToItsImages) {
  const OpenedRun run = trained("point");
  const auto [mixture, images] = training_mixture_where(run, "label=0", "--attribute", 0, true);
  EXPECT_EQ(images, 3);
  // Two Gaussians of two latents need six images: one is fitted, with their mean and covariance.
  ASSERT_EQ(mixture.components(), 1);
  const Tensor codes = codes_of(run, {0, 1, 2});
  const Tensor centred = codes - codes.mean(0);
  EXPECT_TRUE(at::allclose(mixture.means[0], codes.mean(0), 1e-6, 1e-9));
  const Tensor covariance = centred.t().matmul(centred) / 3;
  EXPECT_TRUE(at::allclose(mixture.covariances[0] - covariance,
                           at::eye(2, at::kDouble) * 1e-4 * covariance.diagonal().mean(), 1e-3,
                           1e-12))
      << mixture.covariances[0] << covariance;
}

TEST_F(LatentSourceTest, OtherLabelsGiveAnotherMixture) {
  const OpenedRun run = trained("point");
  EXPECT_EQ(training_mixture_where(run, "label=1", "", 0, true).images, 2);
  write_labels(std::string("\0\1\1\1\1\2", 6));
  EXPECT_EQ(training_mixture_where(run, "label=1", "", 0, true).images, 4);
  EXPECT_EQ(training_mixture_where(run, "!label=1", "", 0, true).images, 2);
  // Without the data, what was computed last is used.
  fs::remove(folder_ / "x.npy");
  EXPECT_EQ(training_mixture_where(run, "label=1", "", 0, true).images, 4);
  EXPECT_NE(error_of([&] { training_mixture_where(run, "label=2", "", 0, true); }), "");
}

TEST_F(LatentSourceTest, OneImageGivesItsPosterior) {
  const OpenedRun run = trained("gaussian");
  const auto [mixture, images] = training_mixture_where(run, "label=2", "", 0, true);
  EXPECT_EQ(images, 1);
  const Latent codes = select(split_codes(run, Split::kTrain, true), at::tensor({5}, at::kLong));
  EXPECT_TRUE(at::allclose(mixture.means, codes.code.to(at::kDouble)));
  EXPECT_TRUE(at::allclose(mixture.covariances[0].diagonal(),
                           codes.posterior->logvar.to(at::kDouble).exp()[0]));
  EXPECT_EQ(mixture.covariances[0][0][1].item<double>(), 0);
}

TEST_F(LatentSourceTest, OnePlainCodeIsDrawnAlone) {
  const OpenedRun run = trained("point");
  auto noise = generator(1, Stream::kSample);
  for (const char* sampler : {"gmm", "posterior"}) {
    const auto [z, images] =
        draw_latents_where(run, samplers().find(sampler, ""), {"label=2", ""}, {.count = 4}, noise);
    EXPECT_EQ(images, 1);
    EXPECT_TRUE(at::allclose(z.to(at::kDouble), codes_of(run, {5}).expand({4, 2}), 1e-3, 1e-4))
        << sampler;
  }
}

TEST_F(LatentSourceTest, RulesFindRows) {
  const Examples train = trained("point").load(Split::kTrain);
  EXPECT_TRUE(at::equal(rows_where(train, "label=1", ""), at::tensor({3, 4}, at::kLong)));
  EXPECT_TRUE(at::equal(rows_where(train, "!label=0", ""), at::tensor({3, 4, 5}, at::kLong)));
  EXPECT_NE(error_of([&] { rows_where(train, "labell=1", "--attribute"); })
                .find("--attribute: attribute \"labell=1\": not in the data set; did "
                      "you mean label=1?"),
            std::string::npos);
  EXPECT_EQ(error_of([&] { rows_where(train, "!label=0,1,2", "--attribute"); }),
            "--attribute !label=0,1,2: holds for none of 6 training images; expected a rule "
            "that holds for some");
}

// A bottleneck whose latents are a map of levels, with a prior of its own.
TEST_F(LatentSourceTest, APriorOfItsOwnIsDrawnFrom) {
  const OwnRow<BottleneckRow> row(bottlenecks(), levels());
  const OwnRow<LayerKind> kind(layer_kinds(), levels_code());
  train(R"({"data": {"name": "shapes", "count": 12, "size": [8, 8]},
            "model": {"encoder": {"channels": [4]}, "bottleneck": "levels", "latent_dim": 2},
            "train": {"epochs": 1, "batch_size": 12}})",
        folder_ / "run");
  const OpenedRun run = OpenedRun::open(folder_ / "run", "last", c10::kCPU);
  const Bottleneck& bottleneck = run.model->bottleneck();
  const auto draw = [&](double temperature) {
    auto noise = generator(1, Stream::kSample);
    return random_latents(run, {.count = 5, .temperature = temperature}, noise);
  };
  auto noise = generator(1, Stream::kSample);
  const Tensor z = bottleneck.prior()->sample(5, 1, noise);  // [5, 2 * 4 * 4]
  EXPECT_TRUE(at::equal(draw(1), z));
  // Between the levels: the nearest ones.
  EXPECT_TRUE(at::equal(draw(0.4), bottleneck.nearest_valid(0.4 * z)));
  EXPECT_FALSE(at::equal(draw(0.4), 0.4 * z));
}

TEST_F(LatentSourceTest, SamplersWithoutClassesRefuseARule) {
  const OpenedRun run = trained("gaussian");
  auto noise = generator(1, Stream::kSample);
  EXPECT_EQ(error_of([&] {
              draw_latents_where(run, samplers().find("prior", ""), {"label=1", "--attribute"}, {},
                                 noise);
            }),
            "--attribute label=1: the sampler prior knows no classes, and this run's model has no "
            "condition; expected --sampler posterior or gmm");
}

}  // namespace
}  // namespace latent
