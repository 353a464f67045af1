// Losses in the book's units, by likelihood.
#include "analysis/book_units.h"

#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "unit/expect.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

Evaluation evaluated() {
  Evaluation result;
  result.kl = torch::tensor({1.5, 2.0}, torch::kDouble);
  result.sampled_bce = 0.25;
  result.sampled_mse = 0.01;
  return result;
}

TEST(BookUnits, WeightTheCrossEntropyBy500) {
  const auto book = book_units(Json{{"name", "bernoulli"}, {"weight", 1.0}}, evaluated());
  ASSERT_TRUE(book);
  EXPECT_EQ(book->factor, 500);
  EXPECT_STREQ(book->error, "BCE");
  EXPECT_NEAR(book->reconstruction, 125, 1e-12);
  EXPECT_NEAR(book->kl, 3.5, 1e-12);
  EXPECT_NEAR(book->total(), 128.5, 1e-12);
}

TEST(BookUnits, WeightTheSquaredErrorBy2000) {
  const Json unit{{"name", "gaussian"}, {"sigma", "fixed"}, {"value", 1.0}};
  const auto book = book_units(unit, evaluated());
  ASSERT_TRUE(book);
  EXPECT_EQ(book->factor, 2000);
  EXPECT_STREQ(book->error, "squared error");
  EXPECT_NEAR(book->total(), 23.5, 1e-12);
}

TEST(BookUnits, AreOnlyForLikelihoodsOfTheBook) {
  for (const Json& likelihood : {Json{{"name", "gaussian"}, {"sigma", "fixed"}, {"value", 0.5}},
                                 Json{{"name", "gaussian"}, {"sigma", "learned"}, {"value", 1.0}},
                                 Json{{"name", "laplace"}, {"scale", 1.0}}})
    EXPECT_FALSE(book_units(likelihood, evaluated())) << likelihood;
  Evaluation plain = evaluated();
  plain.kl = Tensor();
  EXPECT_FALSE(book_units(Json{{"name", "bernoulli"}}, plain));
}

}  // namespace
}  // namespace latent
