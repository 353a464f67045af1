#include "data/dataset.h"

#include "unit/expect.h"

namespace latent {
namespace {

// Pixel values are all different, so that no permutation goes unseen.
Examples examples() {
  Examples made;
  made.pixels = torch::arange(4 * 2 * 3 * 3).to(at::kByte).view({4, 2, 3, 3});  // [N, H, W, C]
  made.attributes.push_back(
      {"label", torch::tensor({0.0, 1.0, 0.0, 1.0}, at::kDouble), {"cat", "dog"}});
  return made;
}

TEST(Examples, GivesFloatsInChannelsLast) {
  const Examples all = examples();
  const auto got = all.images(torch::tensor({2, 0}));
  EXPECT_EQ(got.scalar_type(), at::kFloat);
  EXPECT_TRUE(got.is_contiguous(at::MemoryFormat::ChannelsLast));
  const auto pixels = all.pixels.to(at::kDouble) / 255.0;
  expect_tensor_near(got, torch::stack({pixels[2], pixels[0]}).permute({0, 3, 1, 2}), 1e-7);
  expect_tensor_near(all.images(1, 2), torch::stack({pixels[1], pixels[2]}).permute({0, 3, 1, 2}),
                     1e-7);
}

TEST(Examples, WhiteIsExactlyOne) {
  Examples white;
  white.pixels = torch::full({1, 1, 1, 1}, 255, at::kByte);
  EXPECT_EQ(white.images(0, 1).item<float>(), 1.0F);
}

TEST(Examples, GivesTablesAsTheyAre) {
  Examples table;
  table.pixels = torch::tensor({-3.5F, 0.0F, 1e6F}).view({1, 1, 3, 1});
  expect_tensor_near(table.images(0, 1), torch::tensor({-3.5, 0.0, 1e6}).view({1, 1, 1, 3}), 0);
}

TEST(Examples, SelectsAttributesAndNamesWithTheImages) {
  const Examples chosen = examples().select(torch::tensor({3, 2}));
  EXPECT_EQ(chosen.count(), 2);
  EXPECT_EQ(chosen.shape(), (ImageShape{3, 2, 3}));
  expect_tensor_near(chosen.pixels, torch::stack({examples().pixels[3], examples().pixels[2]}), 0);
  expect_tensor_near(chosen.find("label")->values, torch::tensor({1.0, 0.0}), 0);
  EXPECT_EQ(chosen.find("label")->classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(chosen.find("colour"), nullptr);
  EXPECT_EQ(chosen.name(0), "00003");
  EXPECT_EQ(examples().name(2), "00002");
}

TEST(Examples, FindsAnAttributeInOtherCaseIfThereIsOne) {
  Examples found = examples();
  found.attributes = {{"Smiling", torch::zeros({4}, at::kDouble), {}},
                      {"AGE", torch::zeros({4}, at::kDouble), {}},
                      {"age", torch::zeros({4}, at::kDouble), {}}};
  EXPECT_EQ(found.find("smiling")->name, "Smiling");
  EXPECT_EQ(found.find("AGE")->name, "AGE");
  EXPECT_EQ(found.find("age")->name, "age");
  EXPECT_EQ(found.find("Age"), nullptr) << "which of the two is meant?";
}

TEST(Attribute, KindFollowsFromClassesAndValues) {
  const auto kind = [](const std::vector<double>& values, std::vector<std::string> classes = {}) {
    return Attribute{"x", torch::tensor(values, at::kDouble), std::move(classes)}.kind();
  };
  EXPECT_EQ(kind({0, 1}, {"cat", "dog"}), AttributeKind::kClass);
  EXPECT_EQ(kind({0, 1, NAN}), AttributeKind::kYesNo);
  EXPECT_EQ(kind({1, 1}), AttributeKind::kYesNo);
  EXPECT_EQ(kind({-1, 1}), AttributeKind::kNumber);
  EXPECT_EQ(kind({NAN}), AttributeKind::kNumber);
}

TEST(Splits, AreNamed) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    EXPECT_EQ(parse_split(to_string(split)), split);
  }
  EXPECT_EQ(parse_split("val"), Split::kValidation);
  EXPECT_EQ(parse_split("valid"), Split::kValidation);
  expect_error([] { parse_split("va"); }, "expected train, validation or test");
}

}  // namespace
}  // namespace latent
