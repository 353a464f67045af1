#include "space/paths.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

TEST(Paths, LinearGoesEvenly) {
  const Tensor a = torch::tensor({0.0F, 2.0F}), b = torch::tensor({4.0F, 0.0F});
  expect_tensor_near(linear(a, b, 3), torch::tensor({{0.0, 2.0}, {2.0, 1.0}, {4.0, 0.0}}), 1e-7);
}

TEST(Paths, SlerpTurnsAndGrowsEvenly) {
  // A quarter turn whose length doubles: at a third, 30 degrees and length 4/3.
  const Tensor a = torch::tensor({1.0F, 0.0F}), b = torch::tensor({0.0F, 2.0F});
  const double root = std::sqrt(3.0);
  expect_tensor_near(
      slerp(a, b, 4),
      torch::tensor({{1.0, 0.0}, {root * 2 / 3, 2.0 / 3}, {5.0 / 6, root * 5 / 6}, {0.0, 2.0}}),
      1e-6);
}

TEST(Paths, EndsAreExact) {
  for (const uint64_t seed : {1, 2, 3}) {
    const Tensor ends = normal({2, 50}, seed) * 3.7;
    for (const Path path : {Path::kLinear, Path::kSlerp}) {
      const Tensor way = through(ends, 7, path);
      EXPECT_TRUE(torch::equal(way[0], ends[0]));
      EXPECT_TRUE(torch::equal(way[-1], ends[1]));
    }
  }
}

TEST(Paths, SlerpOfEqualVectorsStays) {
  const Tensor a = normal({8});
  expect_tensor_near(slerp(a, a, 5), a.expand({5, 8}), 1e-6);
  expect_tensor_near(slerp(a, 3 * a, 3)[1], 2 * a, 1e-6);
}

TEST(Paths, SlerpOfOppositeVectorsGoesAround) {
  const Tensor a = torch::tensor({0.0F, 3.0F, 4.0F});
  const Tensor way = slerp(a, -a, 3);
  expect_tensor_near(way[1], torch::tensor({5.0, 0.0, 0.0}), 1e-6);
  // Almost opposite: still finite, and of one length.
  const Tensor near = slerp(a, -a + 1e-7F, 101);
  EXPECT_TRUE(near.isfinite().all().item<bool>());
  expect_tensor_near(near.norm(2, 1), torch::full({101}, 5.0), 1e-5);
}

TEST(Paths, SlerpFromZeroIsStraight) {
  const Tensor zero = torch::zeros({3}), a = torch::tensor({2.0F, 0.0F, 2.0F});
  expect_tensor_near(slerp(zero, a, 3), torch::tensor({{0., 0., 0.}, {1., 0., 1.}, {2., 0., 2.}}),
                     1e-7);
  expect_tensor_near(slerp(zero, zero, 3), torch::zeros({3, 3}), 0);
  const Tensor one = torch::tensor({1.0F});
  expect_tensor_near(slerp(one, -one, 3), torch::tensor({{1.0}, {0.0}, {-1.0}}), 1e-7);
}

TEST(Paths, PassThroughEveryPointOnce) {
  const Tensor points = normal({4, 6});
  for (const Path path : {Path::kLinear, Path::kSlerp}) {
    const Tensor way = through(points, 5, path);
    ASSERT_EQ(way.size(0), 13);
    for (int64_t i = 0; i < 4; ++i)
      EXPECT_TRUE(torch::equal(way[4 * i], points[i]));
  }
}

TEST(Paths, PatchIsBilinear) {
  const Tensor corners = torch::tensor({{0.0F}, {2.0F}, {4.0F}, {10.0F}});
  expect_tensor_near(patch(corners, 3, Path::kLinear).flatten(),
                     torch::tensor({0., 1., 2., 2., 4., 6., 4., 7., 10.}), 1e-6);
}

TEST(Paths, UnevennessIsLargestOverMeanChange) {
  // Changes of 1, 1 and 4: the mean is 2.
  const Tensor frames = torch::tensor({0.0, 1.0, 2.0, 6.0}).view({4, 1, 1, 1}).expand({4, 1, 2, 3});
  EXPECT_DOUBLE_EQ(unevenness(frames), 2.0);
  EXPECT_DOUBLE_EQ(unevenness(torch::ones({3, 1, 2, 2})), 1.0);
  EXPECT_TRUE(is_still(torch::ones({3, 1, 2, 2})));
  EXPECT_FALSE(is_still(frames));
  // Rounding errors are no change: one of two frames differs by 6e-8.
  const Tensor rounded = torch::ones({3, 1, 1, 1});
  rounded[2] = 1 - 0x1p-24;
  EXPECT_TRUE(is_still(rounded));
  EXPECT_DOUBLE_EQ(unevenness(rounded), 1.0);
}

TEST(Paths, UnknownNamesAreRefused) {
  expect_error([] { parse_path("curved"); }, "expected linear, slerp or cells");
}

TEST(Paths, CellsAreReplacedOneByOne) {
  // Two latents at each of four places.
  const Tensor a = torch::zeros({8}), b = torch::arange(1, 9).to(at::kFloat);
  const Tensor path = through(torch::stack({a, b}), 5, Path::kCells, 4);
  EXPECT_EQ(path.sizes(), (std::vector<int64_t>{5, 8}));
  EXPECT_TRUE(torch::equal(path[0], a));
  EXPECT_TRUE(torch::equal(path[4], b));
  for (int64_t step = 1; step < 4; ++step) {
    const Tensor both = path[step].view({2, 4});
    const Tensor replaced = both.eq(b.view({2, 4}));
    EXPECT_TRUE(torch::equal(replaced[0], replaced[1]));
    EXPECT_EQ(replaced[0].sum().item<int64_t>(), step);
    EXPECT_TRUE((both.eq(0) | replaced).all().item<bool>());
  }
}

}  // namespace
}  // namespace latent::space
