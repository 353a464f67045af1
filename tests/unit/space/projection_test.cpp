#include "space/projection.h"

#include <cmath>

#include "core/random.h"
#include "unit/expect.h"

namespace latent::space {
namespace {

TEST(Projection, TwoLatentsAreThemselves) {
  const Tensor codes = at::tensor({1.0f, 2.0f, 3.0f, 3.0f, 4.0f, 5.0f}).view({2, 3});
  const Projection plane = latent_projection(codes, 2, 0);
  expect_tensor_near(plane.coordinates(codes), at::tensor({3.0, 1.0, 5.0, 3.0}).view({2, 2}), 0);
  EXPECT_EQ(plane.names[0], "z2");
  EXPECT_EQ(plane.names[1], "z0");
  // The latent that is not shown stays at its mean, 3.
  expect_tensor_near(plane.unproject(at::tensor({7.0, -7.0}).view({1, 2})),
                     at::tensor({-7.0, 3.0, 7.0}).view({1, 3}), 0);
}

TEST(Projection, PrincipalComponentsAreTheDirectionsOfMostVariance) {
  // Deviations 3 along (0.6, 0.8, 0), 1 along (0.8, -0.6, 0) and 0.1 along the third axis.
  auto draws = generator(1, Stream::kSample);
  const Tensor directions =
      at::tensor({0.6, 0.8, 0.0, 0.8, -0.6, 0.0, 0.0, 0.0, 1.0}, at::kDouble).view({3, 3});
  const Tensor spread = at::tensor({3.0, 1.0, 0.1}, at::kDouble);
  const Tensor codes = (at::randn({20'000, 3}, draws, at::kDouble) * spread).matmul(directions) + 5;
  const Projection plane = principal_projection(codes);
  expect_tensor_near(plane.axes[0], directions[0], 0.02);
  expect_tensor_near(plane.axes[1], directions[1], 0.02);
  expect_tensor_near(plane.axes.matmul(plane.axes.t()), at::eye(2), 1e-10);
  expect_tensor_near(plane.origin, at::full({3}, 5.0), 0.1);
  EXPECT_EQ(plane.names[0], "principal component 1 (90% of the variance)");
  EXPECT_EQ(plane.names[1], "principal component 2 (10% of the variance)");
}

TEST(Projection, TheLargestElementOfADirectionIsPositive) {
  for (const double sign : {1.0, -1.0}) {
    const Tensor line = at::linspace(-1, 1, 11).unsqueeze(1);
    const Tensor codes = sign * line.matmul(at::tensor({-3.0f, 1.0f}).view({1, 2}));
    expect_tensor_near(principal_projection(codes).axes[0],
                       at::tensor({3.0, -1.0}) / std::sqrt(10.0), 1e-6);
  }
}

TEST(Projection, LiftGoesBackThroughTheMean) {
  auto draws = generator(2, Stream::kSample);
  const Tensor codes = at::randn({50, 4}, draws) + at::tensor({1.0f, -2.0f, 0.5f, 4.0f});
  const Projection plane = principal_projection(codes);
  const Tensor points = at::tensor({0.0, 0.0, 2.0, -1.0}).view({2, 2});
  expect_tensor_near(plane.coordinates(plane.unproject(points)), points, 1e-5);
  const Tensor centre = plane.coordinates(plane.origin.unsqueeze(0));
  expect_tensor_near(plane.unproject(centre).squeeze(0), codes.mean(0), 1e-5);
}

TEST(Projection, CodesThatNeverChangeHaveAPlane) {
  const Projection plane = principal_projection(at::ones({5, 3}));
  EXPECT_TRUE(plane.coordinates(at::ones({5, 3})).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace latent::space
