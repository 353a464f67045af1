// Losses in the book's units, by likelihood.
#include "unit/expect.h"
#include "unit/measure/fixture.h"

namespace latent {
namespace {

std::vector<double> in_book_units(const MeasureFixture& t) {
  std::vector<double> values;
  const auto measured = t.measured("book_units");
  for (const auto& figure : measured.front().figures)
    values.push_back(figure.value);
  return values;
}

TEST(BookUnits, WeightTheCrossEntropyBy500) {
  const MeasureFixture t;
  const auto got = in_book_units(t);
  const Evaluation result = evaluate(*t.model, *t.objective, t.examples, {.seed = 4});
  ASSERT_EQ(got.size(), 4u);
  EXPECT_EQ(got[0], 500);
  EXPECT_NEAR(got[1], 500 * result.term("nll") / 64, 1e-3);  // nats per image of 64 values
  EXPECT_NEAR(got[2], result.term("kl"), 1e-5);
  EXPECT_NEAR(got[3], got[1] + got[2], 1e-9);
}

TEST(BookUnits, WeightTheSquaredErrorBy2000) {
  const MeasureFixture t("gaussian", R"({"name": "gaussian", "sigma": "fixed", "value": 1})");
  const auto got = in_book_units(t);
  const Evaluation result = evaluate(*t.model, *t.objective, t.examples, {.seed = 4});
  EXPECT_EQ(got[0], 2000);
  // The nats of a Gaussian are half the squared error, without the constant.
  EXPECT_NEAR(got[1], 2000 * 2 * result.term("nll") / 64, 1e-2);
}

TEST(BookUnits, AreOnlyForLikelihoodsOfTheBook) {
  const auto why_not = [](const MeasureFixture& t) {
    return measures().find("book_units", "test").unavailable(t.context());
  };
  EXPECT_EQ(why_not(MeasureFixture()), "");
  for (const char* likelihood :
       {R"({"name": "gaussian", "sigma": "fixed", "value": 0.5})",
        R"({"name": "gaussian", "sigma": "learned"})", R"({"name": "laplace"})"}) {
    EXPECT_EQ(why_not(MeasureFixture("gaussian", likelihood)),
              "needs objective.likelihood bernoulli, or gaussian with sigma fixed at 1, as in the "
              "book; the run has another");
  }
  EXPECT_NE(why_not(MeasureFixture("point")).find("needs latents with a posterior"),
            std::string::npos);
}

}  // namespace
}  // namespace latent
