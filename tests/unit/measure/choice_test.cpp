// Which measures a user gets, and what is said of those that a run cannot have.
#include "measure/choice.h"

#include <gmock/gmock.h>

#include "unit/expect.h"
#include "unit/measure/fixture.h"
#include "unit/own_measure.h"
#include "unit/own_parts.h"

namespace latent {
namespace {

std::vector<std::string> names_of(const MeasureChoice& choice) {
  std::vector<std::string> names;
  for (const auto* row : choice.rows)
    names.push_back(row->name);
  return names;
}

TEST(MeasureChoice, IsByDefaultWithoutNamesAndInTheTablesOrder) {
  const OwnRow own(measures(), brightness());
  auto expected = measures().names();
  EXPECT_EQ(names_of(choose_measures("all")), expected);
  EXPECT_EQ(expected.back(), "brightness");
  std::erase_if(expected,
                [](const std::string& name) { return !measures().find(name, "").by_default; });
  EXPECT_EQ(names_of(choose_measures("")), expected);
  EXPECT_THAT(expected, testing::Not(testing::Contains("samples")));
  EXPECT_EQ(names_of(choose_measures("brightness,psnr,brightness")),
            (std::vector<std::string>{"psnr", "brightness"}));
}

TEST(MeasureChoice, SuggestsTheNearestName) {
  const auto said = [](const std::string& names) {
    return error_of([&] { choose_measures(names); });
  };
  EXPECT_THAT(said("mse,pnsr"), testing::StartsWith("--measure: unknown measure \"pnsr\"; did you "
                                                    "mean psnr? known: active_units, "));
  EXPECT_THROW(choose_measures("pnsr"), UsageError);
  EXPECT_EQ(said("all,psnr"), "--measure all,psnr: expected names of measures, or all alone");
}

TEST(MeasureChoice, ReadsTheOptionsOfItsMeasures) {
  const OwnRow own(measures(), brightness());
  const MeasureFixture t("gaussian", R"({"name": "bernoulli"})", 8);
  const auto light = [&](const std::vector<std::string>& options) {
    MeasureChoice choice = choose_measures("brightness");
    read_options(choice, options);
    const MadeMeasures made(choice, t.context());
    evaluate(*t.model, *t.objective, t.examples, {.measures = made.each()});
    return made.figures().front().figures.front().value;
  };
  EXPECT_NEAR(light({"own_scale=3"}), 3 * light({}), 1e-5);
  EXPECT_EQ(error_of([&] { light({"own_scale=0.1"}); }),
            "--own-scale: got 0.1; expected a number >= 0.5");
}

TEST(MadeMeasures, SayWhatARunCannotHave) {
  const MeasureFixture plain("point");
  const MadeMeasures all(choose_measures("all"), plain.context());
  std::vector<std::string> left_out;
  for (const auto& [name, reason] : all.left_out()) {
    left_out.push_back(name);
    if (name == "reconstruction" || name == "samples") continue;
    EXPECT_EQ(reason,
              "needs latents with a posterior, as of a variational autoencoder (model.bottleneck "
              "gaussian); the run's have none");
  }
  EXPECT_EQ(left_out, (std::vector<std::string>{"elbo", "bits_per_dim", "book_units",
                                                "reconstruction", "samples"}));
  EXPECT_EQ(all.left_out().back().second,
            "needs features of the run's images; there are none here");
  const MadeMeasures usual(choose_measures(""), plain.context());
  EXPECT_TRUE(usual.left_out().empty());
  EXPECT_EQ(usual.each().size(), all.each().size());
}

TEST(MadeMeasures, RefuseANamedOneThatARunCannotHave) {
  MeasureFixture t("gaussian", R"({"name": "gaussian"})", 8);
  t.examples.pixels = t.examples.pixels.to(at::kFloat);  // a table
  EXPECT_EQ(error_of([&] { MadeMeasures(choose_measures("mse,psnr"), t.context()); }),
            "--measure psnr: needs images; the run's examples are rows of a table; expected elbo, "
            "bits_per_dim, active_units, mse, rmse");
}

}  // namespace
}  // namespace latent
