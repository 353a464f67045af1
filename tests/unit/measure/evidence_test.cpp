// marginal_nll, marginal_cross_entropy and information of a model.
#include <cmath>

#include "unit/expect.h"
#include "unit/measure/fixture.h"

namespace latent {
namespace {

const std::string kBlackAndWhite = R"(, "binarize": "fixed")";

std::string why_not(const MeasureFixture& t, const std::string& name) {
  return measures().find(name, "test").unavailable(t.context());
}

// The figures of one measure with options.
std::vector<Figure> figures_of(const MeasureFixture& t, const std::string& name,
                               const std::vector<std::string>& options) {
  MeasureChoice choice = choose_measures(name);
  read_options(choice, options);
  const MadeMeasures made(std::move(choice), t.context());
  evaluate(*t.model, *t.objective, t.examples, {.seed = 4, .measures = made.each()});
  return made.figures().front().figures;
}

TEST(MarginalNll, IsBelowTheElboWithManySamplesAndEqualsItWithOne) {
  const MeasureFixture t("gaussian", R"({"name": "bernoulli"})", 601, kBlackAndWhite);
  const double elbo = t.figure("elbo").value;
  const Figure one = figures_of(t, "marginal_nll", {"nll_samples=1"}).front();
  const Figure many = figures_of(t, "marginal_nll", {"nll_samples=50"}).front();
  ASSERT_TRUE(one.interval && many.interval);
  const double error = (one.interval->high - one.interval->low) / 4;  // of either
  EXPECT_NEAR(one.value, -elbo, 5 * error);
  EXPECT_LT(many.value, one.value);
  EXPECT_EQ(many.count, 601);
  EXPECT_EQ(many.unit, "nats per image");
  EXPECT_NE(many.meaning.find("50 importance samples"), std::string::npos) << many.meaning;
  EXPECT_EQ(std::get<double>(many.details.at(0).value), 50);
  EXPECT_EQ(std::get<double>(one.details.at(1).value), 1);  // all have fewer than 5 effective ones
}

TEST(MarginalNll, CountsTheConstantOfADensity) {
  const MeasureFixture t("gaussian", R"({"name": "gaussian", "sigma": "fixed", "value": 1})", 64);
  EXPECT_EQ(why_not(t, "marginal_nll"), "");
  const Figure one = figures_of(t, "marginal_nll", {"nll_samples=1"}).front();
  const double error = (one.interval->high - one.interval->low) / 4;
  EXPECT_NEAR(one.value, -t.figure("elbo").value, 5 * error);
}

TEST(MarginalCrossEntropy, StandsForGreyImages) {
  const MeasureFixture t;
  EXPECT_NE(why_not(t, "marginal_nll").find("needs black and white pixels"), std::string::npos);
  EXPECT_EQ(why_not(t, "marginal_cross_entropy"), "");
  const Figure figure = figures_of(t, "marginal_cross_entropy", {"nll_samples=3"}).front();
  // The entropy of the pixels, summed over an image.
  const Tensor p = t.examples.images(0, 601).to(at::kDouble).clamp(1e-12, 1 - 1e-12);
  const double floor =
      -(p * p.log() + (1 - p) * (1 - p).log()).flatten(1).sum(1).mean().item<double>();
  ASSERT_EQ(figure.details.at(2).name, "floor");
  EXPECT_NEAR(std::get<double>(figure.details.at(2).value), floor, 1e-3);
  EXPECT_NE(figure.meaning.find("not a likelihood"), std::string::npos);
}

TEST(MarginalNll, SaysWhichRunsHaveIt) {
  const MeasureFixture binary("gaussian", R"({"name": "bernoulli"})", 64, kBlackAndWhite);
  EXPECT_EQ(why_not(binary, "marginal_nll"), "");
  EXPECT_EQ(why_not(binary, "marginal_cross_entropy"),
            "is for grey images under likelihood bernoulli; marginal_nll is the run's figure");
  const MeasureFixture plain("point");
  EXPECT_NE(why_not(plain, "marginal_nll").find("needs latents with a posterior"),
            std::string::npos);
  const MeasureFixture optimal("gaussian", R"({"name": "gaussian", "sigma": "optimal"})", 64);
  EXPECT_NE(why_not(optimal, "marginal_nll").find("sigma optimal is one of a batch"),
            std::string::npos);
  MeasureChoice choice = choose_measures("marginal_nll");
  expect_error([&] { read_options(choice, {"nll_samples=0"}); },
               "--nll-samples: got 0; expected an integer >= 1 and <= 1000000");
}

TEST(InformationMeasure, AddsUpToTheKl) {
  const MeasureFixture t;
  const auto figures = figures_of(t, "information", {"information_count=300"});
  ASSERT_EQ(figures.size(), 4);
  EXPECT_NEAR(figures[0].value + figures[1].value + figures[2].value, figures[3].value, 1e-5);
  for (const auto& figure : figures) {
    EXPECT_EQ(figure.count, 300);
    EXPECT_TRUE(figure.interval) << figure.name;
  }
  const Evaluation result = evaluate(*t.model, *t.objective, t.examples, {.seed = 4});
  const double error = (figures[3].interval->high - figures[3].interval->low) / 4;
  EXPECT_NEAR(figures[3].value, result.term("kl"), 5 * error + 1e-3);
}

}  // namespace
}  // namespace latent
