#include "space/contrast.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

Examples clothes() {
  Examples examples;
  examples.pixels = torch::zeros({6, 1, 1, 1}, torch::kByte);
  const auto values = [](std::vector<double> list) { return torch::tensor(list, torch::kDouble); };
  examples.attributes = {{"label", values({0, 0, 0, 1, 2, 2}), {"Shoe", "Boot", "Bag"}},
                         {"Smiling", values({-1, 1, -1, NAN, 1, 1}), {}},
                         {"size", values({1, 2, 3, 4, 5, 6}), {}},
                         {"same", values({3, 3, 3, 3, 3, 3}), {}}};
  return examples;
}

std::vector<int64_t> members(const BinaryContrast& sides) {
  std::vector<int64_t> found;
  for (int64_t i = 0; i < sides.positive.numel(); ++i) {
    if (sides.positive[i].item<bool>()) found.push_back(i);
  }
  return found;
}

using List = std::vector<int64_t>;

TEST(BinaryContrast, ClassesCountAlikeWithinTheirSide) {
  const BinaryContrast bags = contrast_by(clothes(), "label=Bag", "train split");
  EXPECT_EQ(members(bags), (List{4, 5}));
  // Against them two classes, of three images and of one.
  expect_tensor_near(bags.weight, torch::tensor({1. / 6, 1. / 6, 1. / 6, 0.5, 0.5, 0.5}), 1e-7);
  EXPECT_EQ(bags.positives(), 2);
  EXPECT_EQ(bags.negatives(), 4);
  EXPECT_EQ(members(contrast_by(clothes(), "label=Shoe,Boot", "train split")), (List{0, 1, 2, 3}));
}

TEST(BinaryContrast, TwoValuesAreNoAndYesAndUnknownIsLeftOut) {
  const BinaryContrast smiles = contrast_by(clothes(), "Smiling", "train split");
  EXPECT_EQ(members(smiles), (List{1, 4, 5}));
  expect_tensor_near(smiles.weight, torch::tensor({0.5, 1. / 3, 0.5, 0., 1. / 3, 1. / 3}), 1e-7);
}

TEST(BinaryContrast, NumbersAreDividedAtTheMedian) {
  EXPECT_EQ(members(contrast_by(clothes(), "size", "train split")), (List{3, 4, 5}));
}

TEST(BinaryContrast, OppositesAndRanges) {
  const auto positive = [](const std::string& rule) {
    return members(contrast_by(clothes(), rule, "train split"));
  };
  EXPECT_EQ(positive("!Smiling"), (List{0, 2}));
  EXPECT_EQ(positive("Smiling=1"), (List{1, 4, 5}));
  EXPECT_EQ(positive("!size"), (List{0, 1, 2}));
  EXPECT_EQ(positive("size=2..4"), (List{1, 2, 3}));
  EXPECT_EQ(positive("!label=Bag"), (List{0, 1, 2, 3}));
  // The classes of a side count alike on whichever side they are.
  expect_tensor_near(contrast_by(clothes(), "!label=Bag", "train split").weight,
                     contrast_by(clothes(), "label=Bag", "train split").weight, 0);
}

TEST(BinaryContrast, AnUnknownRuleOrAnEmptySideIsAnError) {
  const std::string known = "known: Smiling, label=Bag, label=Boot, label=Shoe, same, size";
  expect_error([] { contrast_by(clothes(), "Smilin", "train split"); },
               "attribute \"Smilin\": not in the data set; did you mean Smiling? " + known);
  expect_error([] { contrast_by(clothes(), "label=Shoe,Bagg", "train split"); },
               "attribute \"label=Bagg\": not in the data set; did you mean "
               "label=Bag? " +
                   known);
  EXPECT_NE(error_of([] { contrast_by(clothes(), "label", "train split"); }), "");
  EXPECT_NE(
      error_of([] { contrast_by(clothes(), "Boots", "train split"); }).find("mean label=Boot?"),
      std::string::npos);
  expect_error([] { contrast_by(clothes(), "same", "train split"); },
               "attribute \"same\": no image of the train split has it; expected a rule that "
               "some images match and others do not");
  expect_error([] { contrast_by(clothes(), "label=Shoe,Boot,Bag", "train split"); },
               "attribute \"label=Shoe,Boot,Bag\": every image of the train split has it; expected "
               "a rule that "
               "some images match and others do not");
  expect_error([] { contrast_by(Examples{}, "Smiling", "train split"); },
               "attribute \"Smiling\": the data set has no labels and no attributes; expected one "
               "that has");
}

}  // namespace
}  // namespace latent::space
