// Feature networks: what they are trained for, what comes of it, and their files.
#include "analysis/features/feature_training.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>

#include "analysis/features/feature_file.h"
#include "format/safetensors.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

Attribute column_of(const std::string& name, std::vector<double> values,
                    std::vector<std::string> classes = {}) {
  return {name, at::tensor(values, at::kDouble), std::move(classes)};
}

// Images of a bright left or right half.
Examples halves(int64_t count, std::vector<Attribute> attributes = {}) {
  Tensor pixels = (uniform({count, 8, 8, 1}, 3) * 60).to(at::kByte);
  for (int64_t i = 0; i < count; ++i)
    pixels[i].narrow(1, i % 2 * 4, 4).add_(120);
  if (attributes.empty()) {
    attributes.push_back({"side", at::arange(count, at::kDouble).remainder(2), {"left", "right"}});
  }
  return {.pixels = pixels, .attributes = std::move(attributes), .names = {}};
}

TEST(FeatureTarget, IsTheFirstAttributeWithClassesElseAllOfYesAndNo) {
  const double unknown = std::nan("");
  std::vector<double> turns, one, halfs;
  for (int i = 0; i < 20; ++i) {
    turns.push_back(i % 2);
    one.push_back(1);
    halfs.push_back(i % 4 == 3 ? unknown : 0.5 * i);
  }
  const auto same = column_of("same", one, {"a", "b"});
  const auto kind = column_of("kind", turns, {"a", "b"});
  const auto rare = column_of("rare", turns, {"a", "b", "c", "d", "e"});  // 4 images each
  const auto dark = column_of("dark", turns), wide = column_of("wide", turns);
  const auto never = column_of("never", one), size = column_of("size", halfs);
  const auto target = [](std::vector<Attribute> attributes) {
    return feature_target(halves(20, std::move(attributes)));
  };
  const auto classes = target({dark, same, rare, kind});
  EXPECT_EQ(classes.task, FeatureTask::kClasses);
  EXPECT_EQ(classes.attributes, (std::vector<std::string>{"kind"}));
  EXPECT_EQ(classes.outputs, 2);
  const auto several = target({size, dark, never, same, wide});
  EXPECT_EQ(several.task, FeatureTask::kYesNo);
  EXPECT_EQ(several.attributes, (std::vector<std::string>{"dark", "wide"}));
  const auto none = target({size, never, same});
  EXPECT_EQ(none.task, FeatureTask::kImages);
  EXPECT_TRUE(none.attributes.empty());
}

TEST(FeatureTraining, LearnsClassesAndAttributesOfWhichSomeAreUnknown) {
  std::vector<double> side, bright;
  for (int i = 0; i < 200; ++i) {
    side.push_back(i % 10 == 0 ? std::nan("") : i % 2);
    bright.push_back(i % 3 == 0 ? std::nan("") : i % 2);
  }
  for (const bool classes : {true, false}) {
    const Examples images =
        classes ? halves(200, {column_of("side", side, {"left", "right"})})
                : halves(200, {column_of("side", side), column_of("bright", bright)});
    const auto trained = train_features(images, images, {.quiet = true, .share = 0.5});
    EXPECT_GT(trained.quality.value, 0.98) << classes;
    EXPECT_EQ(trained.network->plan().outputs, classes ? 2 : 2);
    EXPECT_EQ(trained.network->features(images.images(0, 7)).sizes(), (c10::IntArrayRef{7, 64}));
  }
}

TEST(FeatureTraining, RestoresImagesWithoutLabelsAndIsTheSameForASeed) {
  const Examples images = halves(100, {column_of("size", std::vector<double>(100, 0.3))});
  const FeatureTraining options{.seed = 2, .quiet = true, .share = 0.5};
  const auto one = train_features(images, images, options);
  EXPECT_EQ(one.network->plan().task, FeatureTask::kImages);
  const Tensor all = images.images(0, 100);
  EXPECT_LT(one.quality.value, all.var(0).mean().item<double>());  // of always the mean image
  EXPECT_EQ(feature_digest(*one.network),
            feature_digest(*train_features(images, images, options).network));
  EXPECT_NE(feature_digest(*one.network),
            feature_digest(
                *train_features(images, images, {.seed = 3, .quiet = true, .share = 0.5}).network));
}

TEST(FeatureNetwork, TakesImagesOfAnyShapeOfMoreThanAPixel) {
  for (const ImageShape& shape : {ImageShape{1, 28, 28}, {3, 64, 48}, {1, 1, 140}, {2, 2, 1}}) {
    for (const FeatureTask task : {FeatureTask::kClasses, FeatureTask::kImages}) {
      FeatureNetwork network({task, shape, 10});
      network.eval();
      const Tensor images = at::rand({3, shape.channels, shape.height, shape.width});
      const Tensor features = network.features(images), outputs = network.outputs(features);
      EXPECT_EQ(features.sizes(), (c10::IntArrayRef{3, kFeatures}));
      EXPECT_EQ(outputs.numel(), task == FeatureTask::kClasses ? 30 : images.numel());
      EXPECT_GT(network.multiply_adds(), 0);
    }
  }
  expect_error(
      [] {
        FeatureNetwork({FeatureTask::kClasses, {3, 1, 1}, 2});
      },
      "features: images of 3x1x1 are too small for a convolution; expected 2 pixels or "
      "more");
}

class FeatureFileTest : public testing::Test {
 protected:
  std::filesystem::path written() {
    write_features(folder_ / "f.safetensors", stored_);
    return folder_ / "f.safetensors";
  }
  // What is said of a file of which something was changed.
  std::string said(const std::function<void(TensorFile&)>& change) {
    TensorFile file = read_tensors(written());
    change(file);
    write_tensors(folder_ / "f.safetensors", file);
    return error_of([&] { read_features(folder_ / "f.safetensors", "--features f", shape_); });
  }

  TemporaryFolder folder_;
  ImageShape shape_{1, 8, 8};
  Examples images_ = halves(60);
  TrainedFeatures trained_ = train_features(images_, images_, {.quiet = true, .share = 0.2});
  StoredFeatures stored_ = stored_features(trained_, "ha/lves\n", images_);
};

TEST_F(FeatureFileTest, KeepsTheNetworkAndWhatIsKnownAboutIt) {
  const StoredFeatures read = read_features(written(), "--features f", shape_);
  EXPECT_EQ(feature_name(read), feature_name(stored_));
  EXPECT_THAT(feature_name(read), testing::MatchesRegex("classifier-ha-lves--[0-9a-f]{8}"));
  EXPECT_EQ(read.fingerprint, feature_fingerprint(images_, trained_.target));
  EXPECT_EQ(read.attributes, "side");
  EXPECT_NEAR(read.quality, trained_.quality.value, 1e-6);
  const Tensor images = images_.images(0, 60);
  EXPECT_TRUE(at::equal(image_features(read, c10::kCPU)->of(images),
                        image_features(stored_, c10::kCPU)->of(images)));
  EXPECT_EQ(image_features(read, c10::kCPU)->size(), 64);
}

TEST_F(FeatureFileTest, AnotherLabelMakesAnotherFingerprint) {
  Examples relabelled = images_;
  relabelled.attributes[0].values = relabelled.attributes[0].values.clone();
  relabelled.attributes[0].values[5] = 0;
  EXPECT_NE(feature_fingerprint(relabelled, trained_.target),
            feature_fingerprint(images_, trained_.target));
}

TEST_F(FeatureFileTest, RefusesOtherImagesAndOtherFiles) {
  const auto path = written();
  expect_error(
      [&] {
        read_features(path, "--features f", {3, 8, 8});
      },
      "--features f: made for images of 1x8x8; the run's are 3x8x8; expected features of "
      "the run's data: latent features train CONFIG --out FILE");
  const std::string expected = "; expected a file of latent features train";
  EXPECT_EQ(said([](TensorFile& file) { file.metadata.erase("latent_features"); }),
            "--features f: holds no features" + expected);
  EXPECT_EQ(said([](TensorFile& file) { file.metadata["kind"] = "oracle"; }),
            "--features f: states another kind of network" + expected);
  EXPECT_EQ(said([](TensorFile& file) { file.metadata["outputs"] = "9999999999999"; }),
            "--features f: states another kind of network" + expected);
  EXPECT_EQ(said([](TensorFile& file) { file.metadata["outputs"] = "3"; }),
            "--features f: tensor head.logits.bias is missing or of another shape" + expected);
  EXPECT_EQ(said([](TensorFile& file) { file.tensors["head.logits.bias"] = at::zeros({2}); }),
            "--features f: the weights differ from those that it was written with" + expected);
  EXPECT_EQ(said([](TensorFile& file) { file.metadata["shape"] = "\x1b[2J"; }),
            "--features f: made for images of --2J; the run's are 1x8x8; expected features of the "
            "run's data: latent features train CONFIG --out FILE");
}

}  // namespace
}  // namespace latent
