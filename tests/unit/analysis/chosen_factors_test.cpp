#include "analysis/chosen_factors.h"

#include <cmath>

#include "unit/expect.h"

namespace latent {
namespace {

// 400 images: a class, a number of many values, one of four values, one that never differs, and one
// that is unknown for the first 100.
Examples five_attributes() {
  const Tensor i = torch::arange(400, at::kDouble);
  Tensor gaps = i.clone();
  gaps.narrow(0, 0, 100).fill_(NAN);
  return {.pixels = torch::zeros({400, 1, 1, 1}, at::kByte),
          .attributes = {{"class", i.remainder(3), {"a", "b", "c"}},
                         {"place", i / 400, {}},
                         {"few", i.remainder(4) * 0.5, {}},
                         {"same", torch::ones({400}, at::kDouble), {}},
                         {"gaps", gaps, {}}},
          .names = {}};
}

TEST(ChosenFactors, BinNumbersOfManyValues) {
  const auto chosen = choose_factors(five_attributes(), {.names = {"class", "place", "few"}});
  ASSERT_EQ(chosen.factors.size(), 3U);
  EXPECT_EQ(chosen.factors[0].levels, 3);
  EXPECT_FALSE(chosen.factors[0].binned);
  EXPECT_EQ(chosen.factors[1].levels, 20);
  EXPECT_TRUE(chosen.factors[1].binned);
  EXPECT_EQ(chosen.factors[2].levels, 4);
  EXPECT_FALSE(chosen.factors[2].binned);
  EXPECT_EQ(chosen.rows.numel(), 400);
  expect_tensor_near(chosen.values.select(1, 1) * 400, chosen.rows, 1e-9);
  expect_tensor_near(chosen.levels.select(1, 2), chosen.rows.remainder(4), 0);
  EXPECT_EQ(chosen.unknown, 0);
}

TEST(ChosenFactors, LeaveOutConstantsAndUnknownValues) {
  const auto chosen = choose_factors(five_attributes(), {.most = 150});
  EXPECT_EQ(chosen.factors.size(), 4U);
  EXPECT_EQ(chosen.constant, std::vector<std::string>{"same"});
  EXPECT_EQ(chosen.unknown, 100);
  EXPECT_EQ(chosen.rows.numel(), 150);
  EXPECT_GE(chosen.rows.min().item<int64_t>(), 100);
}

TEST(ChosenFactors, SayWhatIsWrong) {
  const Examples examples = five_attributes();
  expect_error([&] { choose_factors(examples, {.names = {"plase"}}); },
               "attribute plase: not in the data set; did you mean place? known: class, few, gaps, "
               "place, same");
  expect_error([&] { choose_factors(examples, {.names = {"same"}}); },
               "same: the same for all images; expected an attribute that differs");
  expect_error([&] { choose_factors(examples.select(torch::arange(120)), {}); },
               "the test split has 20 images with known values of every attribute (gaps is unknown "
               "for 100; choose other attributes); expected at least 100");
  expect_error([&] { choose_factors(examples.select(torch::arange(50)), {.names = {"few"}}); },
               "the test split has 50 images with known values of few; expected at least 100");
  Examples bare = examples;
  bare.attributes.clear();
  expect_error([&] { choose_factors(bare, {}); },
               "the data set has no labels and no attributes; expected one that has");
}

}  // namespace
}  // namespace latent
