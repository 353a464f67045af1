#include "data/selection/selection.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Examples clothes() {
  Examples examples;
  examples.pixels = torch::zeros({6, 1, 1, 1}, torch::kByte);
  const auto values = [](std::vector<double> list) { return torch::tensor(list, torch::kDouble); };
  examples.attributes = {{"label", values({0, 0, 0, 1, 2, 2}), {"Shoe", "Boot", "Bag"}},
                         {"Smiling", values({0, 1, 0, kMissing, 1, 1}), {}},
                         {"size", values({1, 2, 3, 4, kMissing, 6}), {}}};
  return examples;
}

using List = std::vector<int64_t>;

List kept(const std::string& rule) {
  const Tensor rows = match(clothes(), rule, "x: data.keep").holds.nonzero().flatten().contiguous();
  return {rows.const_data_ptr<int64_t>(), rows.const_data_ptr<int64_t>() + rows.numel()};
}

TEST(Selection, NamesAClassOrSeveral) {
  EXPECT_EQ(kept("label=Bag"), (List{4, 5}));
  EXPECT_EQ(kept("label=Bag,Shoe"), (List{0, 1, 2, 4, 5}));
  EXPECT_EQ(kept("!label=Bag,Shoe"), (List{3}));
}

TEST(Selection, UnknownValuesMatchNeitherTheRuleNorItsOpposite) {
  EXPECT_EQ(kept("Smiling"), (List{1, 4, 5}));
  EXPECT_EQ(kept("!Smiling"), (List{0, 2}));
  expect_tensor_near(match(clothes(), "!Smiling", "x").known, torch::tensor({1, 1, 1, 0, 1, 1}), 0);
}

TEST(Selection, YesAndNoAreWordsToo) {
  EXPECT_EQ(kept("Smiling=yes"), (List{1, 4, 5}));
  EXPECT_EQ(kept("Smiling=False"), (List{0, 2}));
  EXPECT_EQ(kept("!Smiling=no"), (List{1, 4, 5}));
  EXPECT_EQ(kept("Smiling=1"), (List{1, 4, 5}));
}

TEST(Selection, NumbersHaveRanges) {
  EXPECT_EQ(kept("size=2..4"), (List{1, 2, 3}));
  EXPECT_EQ(kept("size=6"), (List{5}));
  EXPECT_EQ(kept("!size=2..4"), (List{0, 5}));
  EXPECT_EQ(kept("size=2.5..1e3"), (List{2, 3, 5}));
  EXPECT_EQ(kept("size=6,2..3"), (List{1, 2, 5}));
}

TEST(Selection, ClassesNamedByNumbersHaveRangesToo) {
  Examples digits;
  digits.attributes = {{"label", torch::tensor({0.0, 1.0, 2.0, 1.0}), {"2", "7", "10"}}};
  const auto holds = [&](const std::string& rule) { return match(digits, rule, "x").holds; };
  expect_tensor_near(holds("label=7,10"), torch::tensor({0, 1, 1, 1}), 0);
  expect_tensor_near(holds("label=3..10"), torch::tensor({0, 1, 1, 1}), 0);
  expect_tensor_near(holds("!label=0..5"), torch::tensor({0, 1, 1, 1}), 0);
}

TEST(Selection, RefusesWhatIsNotThere) {
  const std::string known = "known: Smiling, label=Bag, label=Boot, label=Shoe, size";
  const auto refused = [](const std::string& rule, const std::string& message) {
    expect_error([&] { kept(rule); }, "x: data.keep: attribute " + message);
  };
  refused("label=Bagg", "\"label=Bagg\": not in the data set; did you mean label=Bag? " + known);
  refused("Smilin", "\"Smilin\": not in the data set; did you mean Smiling? " + known);
  refused("!Boots", "\"Boots\": not in the data set; did you mean label=Boot? " + known);
  refused("label",
          "\"label\": has classes; expected one or several, such as label=Shoe; known: Bag, Boot, "
          "Shoe");
  refused("label=", "\"label=\": not in the data set; did you mean label=Bag? " + known);
  refused("label=1..2", "\"label=1..2\": not in the data set; " +
                            did_you_mean("label=1..2", {"label=Shoe", "label=Boot", "label=Bag",
                                                        "Smiling", "size"}));
  refused("size",
          "\"size\": numbers from 1 to 6, not yes or no; expected a range, such as size=1..6");
  for (const std::string rule : {"size=big", "size=4..2", "size=", "size=1..", "Smiling=maybe"}) {
    refused(rule, "\"" + rule + "\": expected a number or a range, such as " +
                      rule.substr(0, rule.find('=')) + "=0.5..0.8");
  }
  expect_error([] { match(Examples{}, "label=1", "--normal"); },
               "--normal: attribute \"label=1\": the data set has no labels and no attributes; "
               "expected one that has");
}

// One attribute "x" of these values.
Matches match_alone(const std::vector<double>& values, const std::string& rule, BareNumber bare) {
  Examples examples;
  examples.attributes = {{"x", torch::tensor(values, torch::kDouble), {}}};
  return match(examples, rule, bare);
}

TEST(Selection, ANameAloneMeansTheSameForEveryFlag) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const BareNumber bare : {BareNumber::kNeedsRange, BareNumber::kAboveMedian}) {
    const auto holds = [&](const std::vector<double>& values, const std::string& rule) {
      return match_alone(values, rule, bare).holds;
    };
    expect_tensor_near(holds({0, 1, kMissing, 1}, "x"), torch::tensor({0, 1, 0, 1}), 0);
    expect_tensor_near(holds({1, 1}, "x"), torch::tensor({1, 1}), 0);
    expect_tensor_near(holds({0, 0}, "x"), torch::tensor({0, 0}), 0);
    expect_tensor_near(holds({-1, 1, kMissing, -1}, "x"), torch::tensor({0, 1, 0, 0}), 0);
    expect_tensor_near(holds({-1, 1, kMissing, -1}, "!x"), torch::tensor({1, 0, 0, 1}), 0);
    expect_tensor_near(holds({3, inf, 3}, "x"), torch::tensor({0, 1, 0}), 0);
    expect_tensor_near(holds({kMissing, kMissing}, "x"), torch::tensor({0, 0}), 0);
    expect_tensor_near(holds({kMissing, kMissing}, "!x"), torch::tensor({0, 0}), 0);
  }
}

TEST(Selection, ANumberAloneIsAboveItsMedianOrNeedsARange) {
  expect_tensor_near(match_alone({1, 2, 3, kMissing, 5}, "x", BareNumber::kAboveMedian).holds,
                     torch::tensor({0, 0, 1, 0, 1}), 0);
  expect_tensor_near(match_alone({1, 2, 3, kMissing, 5}, "!x", BareNumber::kAboveMedian).holds,
                     torch::tensor({1, 1, 0, 0, 0}), 0);
  expect_error(
      [] {
        match_alone({1, 2, 3}, "x", BareNumber::kNeedsRange);
      },
      "attribute \"x\": numbers from 1 to 3, not yes or no; expected a range, such as "
      "x=1..3");
}

TEST(Selection, GroupsAreClassesOrAllAlike) {
  expect_tensor_near(match(clothes(), "!label=Bag", "x").group, torch::tensor({0, 0, 0, 1, 2, 2}),
                     0);
  expect_tensor_near(match(clothes(), "size=2", "x").group, torch::zeros({6}), 0);
}

TEST(Selection, AnAttributeMayBeginWithAnExclamationMark) {
  Examples examples;
  examples.attributes = {{"!x", torch::tensor({0.0, 1.0}, torch::kDouble), {}}};
  expect_tensor_near(match(examples, "!x", "k").holds, torch::tensor({0, 1}), 0);
  expect_tensor_near(match(examples, "!!x", "k").holds, torch::tensor({1, 0}), 0);
}

}  // namespace
}  // namespace latent
