#include "statistics/coverage.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

Tensor on_a_line(std::vector<double> places) {
  return at::tensor(places, at::kDouble).unsqueeze(1);
}

TEST(Coverage, IsWorkedOutByHandOnALine) {
  // Radii of the real points 0, 1, 3, 10 for one neighbour: 1, 1, 2, 7. Those of the samples 0.5,
  // 0.6, 2, 30: 0.1, 0.1, 1.4, 28.
  const auto found = coverage(on_a_line({0, 1, 3, 10}), on_a_line({0.5, 0.6, 2, 30}), 1);
  // 0.5 is in the balls of 0 and 1; 0.6 too; 2 only in that of 3, since 1 is exactly 1 away; 30 in
  // none.
  EXPECT_EQ(found.precision.value, 0.75);
  EXPECT_NEAR(found.density, (2 + 2 + 1 + 0) / 4.0, 1e-12);
  // The balls of 0, 1 and 3 hold samples, that of 10 (3 to 17) holds none.
  EXPECT_EQ(found.coverage.value, 0.75);
  // 1 and 3 are within 1.4 of 2; 3 and 10 within 28 of 30; 0 is in no ball.
  EXPECT_EQ(found.recall.value, 0.75);
}

TEST(Coverage, CountsTheKthNeighbour) {
  // Two neighbours: the radii of 0, 1, 3 are 3, 2, 3, so 2.5 is in all three balls.
  const auto found = coverage(on_a_line({0, 1, 3}), on_a_line({2.5, 100, 200}), 2);
  EXPECT_NEAR(found.density, (3.0 / 2) / 3, 1e-12);
  EXPECT_NEAR(found.precision.value, 1.0 / 3, 1e-12);
  EXPECT_EQ(found.coverage.value, 1);
}

TEST(Coverage, OfOneDistributionIsAboutOne) {
  const auto found = coverage(normal({3000, 4}, 1), normal({3000, 4}, 2), 5);
  EXPECT_NEAR(found.density, 1, 0.05);
  EXPECT_GT(found.precision.value, 0.9);
  EXPECT_GT(found.coverage.value, 0.9);
  const auto far = coverage(normal({300, 4}, 1), normal({300, 4}, 2) + 50, 5);
  EXPECT_EQ(far.precision.value + far.recall.value + far.density + far.coverage.value, 0);
}

TEST(Coverage, ComparesBlocksAsItComparesAll) {
  // More pairs than are held at once. The samples are the real points: a ball holds its centre and
  // the k - 1 neighbours before the one that it reaches to.
  const Tensor x = normal({3500, 3}, 1);
  const auto found = coverage(x, x, 3);
  EXPECT_EQ(found.precision.value, 1);
  EXPECT_EQ(found.coverage.value, 1);
  EXPECT_NEAR(found.density, 1, 1e-9);
}

TEST(NearestDistances, AreThoseOfALoop) {
  const Tensor known = normal({50, 3}, 1) + 100, asked = normal({20, 3}, 2) + 100;
  const Tensor found = nearest_distances(known, asked);
  for (int64_t i = 0; i < 20; ++i)
    EXPECT_NEAR(found[i].item<double>(),
                (known - asked[i]).square().sum(1).sqrt().min().item<double>(), 1e-4);
}

}  // namespace
}  // namespace latent::statistics
