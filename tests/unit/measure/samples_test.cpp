// Samples and reconstructions against the images of a split, with features that are worked out by
// hand.
#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "measure/measure.h"
#include "unit/expect.h"
#include "unit/measure/fixture.h"

namespace latent {
namespace {

// Two features: the brightness of the upper and of the lower half.
class Halves : public ImageFeatures {
 public:
  std::string name() const override { return "halves"; }
  int64_t size() const override { return 2; }
  bool slow() const override { return false; }
  Tensor of(const Tensor& images) override {
    return images.flatten(1).unflatten(1, {-1, 2}).mean(1).to(at::kFloat);
  }
};

MeasureContext with_features(const MeasureFixture& t, int64_t training = 400) {
  MeasureContext context = t.context();
  context.features = [halves = std::make_shared<Halves>()](const std::string&) { return halves; };
  context.random_latents = [](const std::string&, int64_t count) {
    return at::randn({count, 3}, generator(1, Stream::kSample));
  };
  context.load = [&t, training](Split) {
    return t.examples.select(at::arange(training, at::kLong));
  };
  return context;
}

std::vector<MeasuredFigures> measured_with(const MeasureFixture& t, const MeasureContext& context,
                                           const std::string& name,
                                           const std::vector<std::string>& options = {}) {
  MeasureChoice choice = choose_measures(name);
  read_options(choice, options);
  const MadeMeasures made(choice, context);
  evaluate(*t.model, *t.objective, t.examples, {.seed = 4, .measures = made.each()});
  return made.figures();
}

std::vector<std::string> names_of_figures(const std::vector<Figure>& figures) {
  std::vector<std::string> names;
  for (const auto& figure : figures)
    names.push_back(figure.name);
  return names;
}

TEST(SampleMeasure, ComparesAsManySamplesAsImages) {
  const MeasureFixture t;
  const auto figures =
      measured_with(t, with_features(t), "samples", {"sample_count=300"}).front().figures;
  EXPECT_EQ(names_of_figures(figures),
            (std::vector<std::string>{"frechet", "frechet_floor", "kid", "precision", "recall",
                                      "density", "coverage", "nearest_training"}));
  for (const auto& figure : figures) {
    EXPECT_EQ(figure.count, 300) << figure.name;
    EXPECT_EQ(std::get<std::string>(figure.details.at(0).value), "halves") << figure.name;
    ASSERT_TRUE(figure.interval.has_value()) << figure.name;
    EXPECT_LE(figure.interval->low, figure.value) << figure.name;
    EXPECT_GE(figure.interval->high, figure.value) << figure.name;
  }
  // An untrained model's samples are unlike images; images are like each other.
  EXPECT_GT(figures[0].value, 10 * figures[1].value);
  EXPECT_LT(figures[3].value, 0.5);
  EXPECT_GT(figures[7].value, 1);
}

TEST(SampleMeasure, LeavesOutTheTrainingImagesBesideThemselves) {
  const MeasureFixture t;
  MeasureContext context = with_features(t);
  context.split = Split::kTrain;
  const auto figures = measured_with(t, context, "samples").front().figures;
  EXPECT_THAT(names_of_figures(figures),
              testing::ElementsAre("frechet", "kid", "precision", "recall", "density", "coverage"));
  EXPECT_EQ(figures.front().count, 601);  // all there are
}

TEST(SampleMeasure, RefusesTooFew) {
  const MeasureFixture t;
  const auto said = [&](const MeasureContext& context, std::vector<std::string> options) {
    return error_of([&] { measured_with(t, context, "samples", options); });
  };
  EXPECT_EQ(said(with_features(t), {"sample_count=1"}),
            "--sample-count: got 1; expected an integer >= 2 and <= 100000");
  EXPECT_EQ(said(with_features(t), {"sample_count=2", "neighbours=1"}),
            "2 samples (--sample-count): too few for the covariance of 2 features; expected 3 or "
            "more");
  EXPECT_EQ(said(with_features(t, 2), {"neighbours=1"}),
            "2 images of the train split: too few for the covariance of 2 features; expected 3 or "
            "more");
}

TEST(SampleMeasure, RefusesAGrid) {
  const MeasureFixture t;
  MeasureContext context = with_features(t);
  context.random_latents = [](const std::string&, int64_t) { return at::zeros({225, 3}); };
  expect_error([&] { measured_with(t, context, "samples", {"sampler=manifold"}); },
               "--sampler manifold: draws a grid, not random latents; expected another sampler");
}

TEST(ReconstructionMeasure, ReportsEachKindOfImage) {
  const MeasureFixture t;
  const auto figures = measured_with(t, with_features(t), "reconstruction").front().figures;
  const auto names = names_of_figures(figures);
  EXPECT_EQ(names.front(), "psnr");
  EXPECT_EQ(names[3], "frechet");
  const auto [psnr, group] = std::pair{figures[0], figures[4]};
  EXPECT_EQ(group.name, "psnr[shape=square]");
  const Tensor square = t.examples.find("shape")->values.eq(0);
  EXPECT_EQ(group.count, square.sum().item<int64_t>());
  EXPECT_EQ(psnr.count, 601);
  EXPECT_EQ(figures[2].meaning, "1 of 5 scales, 11x11 Gaussian window, mean over the images");
  double sum = 0;  // the groups together are all images
  for (size_t i = 4; i < 7; ++i)
    sum += figures[i].value * static_cast<double>(figures[i].count);
  EXPECT_NEAR(sum / 601, psnr.value, 1e-9);
}

TEST(ReconstructionMeasure, RanksTheImages) {
  const MeasureFixture t;
  MeasureChoice choice = choose_measures("reconstruction");
  const MadeMeasures made(choice, with_features(t));
  evaluate(*t.model, *t.objective, t.examples, {.seed = 4, .measures = made.each()});
  const auto ranked = made.ranked();
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_EQ(ranked[0].name, "worst");
  EXPECT_EQ(ranked[1].name, "best");
  for (const auto& images : ranked)
    EXPECT_EQ(images.images.size(), 10U);
  EXPECT_TRUE(std::is_sorted(ranked[0].values.begin(), ranked[0].values.end()));
  EXPECT_TRUE(std::is_sorted(ranked[1].values.rbegin(), ranked[1].values.rend()));
  EXPECT_LT(ranked[0].values.back(), ranked[1].values.back());
}

TEST(FeatureMeasures, AreLeftOutOfAllWhereTheyFail) {
  const MeasureFixture t("gaussian", R"({"name": "bernoulli"})", 8);
  MeasureContext context = with_features(t, 8);
  context.features = [](const std::string&) -> std::shared_ptr<ImageFeatures> {
    throw Error("no network");
  };
  const MadeMeasures made(choose_measures("all"), context);
  EXPECT_THAT(
      made.left_out(),
      testing::IsSupersetOf({std::pair<std::string, std::string>("reconstruction", "no network"),
                             std::pair<std::string, std::string>("samples", "no network")}));
  EXPECT_THROW(MadeMeasures(choose_measures("samples"), context), Error);
}

}  // namespace
}  // namespace latent
