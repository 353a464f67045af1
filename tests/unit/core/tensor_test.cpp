#include "core/tensor.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(ExpectShape, NamesTheTensorAndBothShapes) {
  const Tensor x = torch::zeros({2, 3});
  expect_shape(x, {2, 3}, "x");
  expect_shape(x, {-1, 3}, "x");
  for (const auto& sizes : {std::vector<int64_t>{2, 4}, {2}, {2, 3, 1}}) {
    const auto check = [&] {
      if (sizes.size() == 1) return expect_shape(x, {sizes[0]}, "images");
      if (sizes.size() == 2) return expect_shape(x, {sizes[0], sizes[1]}, "images");
      expect_shape(x, {sizes[0], sizes[1], sizes[2]}, "images");
    };
    EXPECT_THROW(check(), c10::Error);
  }
  try {
    expect_shape(x, {-1, 4}, "images");
  } catch (const c10::Error& failure) {
    EXPECT_EQ(std::string(failure.what_without_backtrace()),
              "images: got shape [2, 3], expected [-1, 4]");
  }
}

}  // namespace
}  // namespace latent
