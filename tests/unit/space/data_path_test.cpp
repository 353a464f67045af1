#include "space/data_path.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <vector>

#include "unit/expect.h"

namespace latent::space {
namespace {

Tensor plane_points(const std::vector<float>& values) { return at::tensor(values).view({-1, 2}); }

// A horseshoe of steps of 1: down three, across, and up three.
Tensor horseshoe(int64_t across) {
  std::vector<float> points{0, 0, 0, 1, 0, 2, 0, 3};
  for (int64_t x = 1; x < across; ++x) {
    points.push_back(static_cast<float>(x));
    points.push_back(3);
  }
  for (int64_t y = 3; y >= 0; --y) {
    points.push_back(static_cast<float>(across));
    points.push_back(static_cast<float>(y));
  }
  return plane_points(points);
}

TEST(DataPath, FollowsThePointsInsteadOfJumpingAGap) {
  const DataGraph graph(horseshoe(3), 2);
  EXPECT_EQ(graph.shortest_path(0, 9), (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(graph.shortest_path(3, 3), (std::vector<int64_t>{3}));
}

// With every point a neighbour the jump costs 2 * 2, the way along it 8.
TEST(DataPath, AJumpIsTakenWhereItIsCheaper) {
  const DataGraph graph(horseshoe(2), 8);
  EXPECT_EQ(graph.shortest_path(0, 8), (std::vector<int64_t>{0, 8}));
}

TEST(DataPath, PartsThatNothingJoinsAreJoinedByTheEndsAlone) {
  const DataGraph graph(plane_points({0, 0, 1, 0, 100, 0, 101, 0}), 1);
  EXPECT_EQ(graph.shortest_path(0, 3), (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(graph.shortest_path(2, 3), (std::vector<int64_t>{2, 3}));
}

TEST(DataPath, EqualPointsAreNeighboursAtNoCost) {
  const DataGraph graph(plane_points({1, 1, 1, 1, 1, 1, 2, 1}), 2);
  EXPECT_EQ(graph.shortest_path(0, 3).back(), 3);
}

// Lengths 3 and 1: steps of 1.
TEST(DataPath, StepsAreEvenAlongTheLine) {
  const Tensor path = evenly_along(plane_points({0, 0, 3, 0, 3, 1}), 5);
  EXPECT_TRUE(tensors_near(path, plane_points({0, 0, 1, 0, 2, 0, 3, 0, 3, 1}), at::tensor(1e-6)));
  EXPECT_TRUE(at::equal(path[0], plane_points({0, 0})[0]));
  EXPECT_TRUE(at::equal(path[4], plane_points({3, 1})[0]));
}

TEST(DataPath, ALineOfNoLengthStandsStill) {
  const Tensor path = evenly_along(plane_points({1, 2, 1, 2}), 3);
  EXPECT_TRUE(at::equal(path, plane_points({1, 2, 1, 2, 1, 2})));
  EXPECT_TRUE(at::equal(evenly_along(plane_points({1, 2}), 2), plane_points({1, 2, 1, 2})));
}

}  // namespace
}  // namespace latent::space
