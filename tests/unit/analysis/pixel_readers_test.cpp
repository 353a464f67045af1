#include "analysis/pixel_readers.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// Noise, whose left half is brighter in images that have the attribute "left".
Examples half_bright(int64_t count) {
  const Tensor has = torch::arange(count).remainder(2).to(torch::kDouble);
  Tensor pixels = torch::rand({count, 8, 8, 1}) * 60;
  pixels.narrow(2, 0, 4) += 150 * has.view({count, 1, 1, 1});
  return {.pixels = pixels.to(torch::kByte).contiguous(),
          .attributes = {{.name = "left", .values = has, .classes = {}},
                         {.name = "number",
                          .values = torch::arange(count).to(torch::kDouble),
                          .classes = {}},
                         {.name = "label",
                          .values = torch::arange(count).remainder(3).to(torch::kDouble),
                          .classes = {"a", "b", "c"}}},
          .names = {}};
}

TEST(PixelReaders, TargetsAreWhatAnImageHasOrNot) {
  const Examples examples = half_bright(30);
  std::vector<std::string> names;
  for (const auto& target : read_targets(examples, ""))
    names.push_back(target.name);
  EXPECT_EQ(names, (std::vector<std::string>{"left", "number", "label=a", "label=b", "label=c"}));
  const auto without = read_targets(examples, "label");
  ASSERT_EQ(without.size(), 2);
  EXPECT_EQ(without[0].signs[0].item<float>(), -1);
  EXPECT_EQ(without[0].signs[1].item<float>(), 1);
  Examples unknown = examples;
  unknown.attributes[0].values[1] = NAN;
  EXPECT_EQ(read_targets(unknown, "label")[0].signs[1].item<float>(), 0);
}

TEST(PixelReaders, ReadWhatPicturesShow) {
  torch::manual_seed(1);
  const Examples examples = half_bright(400);
  const PixelReaders readers(examples, read_targets(examples, "label"), 0);
  const Tensor dark = torch::full({1, 1, 8, 8}, 0.1);
  Tensor left = dark.clone(), right = dark.clone();
  left.narrow(3, 0, 4).fill_(0.7);
  right.narrow(3, 4, 4).fill_(0.7);
  const Tensor read = readers.read(torch::cat({dark, left, right})).select(1, 0);
  EXPECT_LT(read[0].item<float>(), -0.5);
  EXPECT_GT(read[1].item<float>(), 0.5);
  EXPECT_LT(read[2].item<float>(), 0.5);
}

}  // namespace
}  // namespace latent
