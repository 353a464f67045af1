#include "statistics/principal_components.h"

#include <cmath>

#include "core/random.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

PrincipalComponents fit(const Tensor& x, int64_t k, int64_t most_columns = kMaxCovarianceColumns) {
  return fit_components([&](int64_t first, int64_t count) { return x.narrow(0, first, count); },
                        x.size(0), x.size(1), k, generator(0, Stream::kSample), most_columns);
}

// Returns 6,000 rows (more than one batch) of 20 columns, with variances 20, 19, ... along random
// directions.
Tensor correlated() {
  const Tensor turn = std::get<0>(at::linalg_qr(normal({20, 20}, 2).to(at::kDouble)));
  const Tensor deviations = at::arange(20, 0, -1, at::kDouble).sqrt();
  return (normal({6000, 20}).to(at::kDouble) * deviations).mm(turn) + 3;
}

TEST(PrincipalComponents, MatchAHandWorkedExample) {
  // Along (3, 4)/5 the points lie at -5, -5, 5, 5 from the mean; across it at -1, 1, -1, 1.
  const Tensor along = at::tensor({0.6, 0.8}, at::kDouble),
               across = at::tensor({-0.8, 0.6}, at::kDouble);
  const Tensor mean = at::tensor({10.0, -2.0}, at::kDouble);
  const Tensor x = at::stack({mean - 5 * along - across, mean - 5 * along + across,
                              mean + 5 * along - across, mean + 5 * along + across});
  const auto found = fit(x, 2);
  expect_tensor_near(found.mean, mean, 1e-12);
  expect_tensor_near(found.axes, at::stack({along, -across}), 1e-12);  // the largest is positive
  expect_tensor_near(found.variances, at::tensor({25.0, 1.0}, at::kDouble), 1e-12);
  const auto first = fit(x, 1);
  EXPECT_NEAR(first.explained(), 25.0 / 26, 1e-12);
  expect_tensor_near(first.project(x), at::tensor({-5.0, -5.0, 5.0, 5.0}, at::kDouble).view({4, 1}),
                     1e-12);
  expect_tensor_near(
      first.restore(first.project(x)),
      at::stack({mean - 5 * along, mean - 5 * along, mean + 5 * along, mean + 5 * along}), 1e-12);
}

TEST(PrincipalComponents, AgreeWithTheSingularValuesOfTheCentredRows) {
  const Tensor x = correlated();
  const auto found = fit(x, 5);
  const Tensor centred = x - x.mean(0);
  const auto [u, s, vt] = at::linalg_svd(centred, /*full_matrices=*/false);
  expect_tensor_near(found.variances, at::square(s.narrow(0, 0, 5)) / 6000, 1e-9);
  expect_tensor_near(found.axes.mm(vt.narrow(0, 0, 5).t()).abs(), at::eye(5), 1e-9);
  EXPECT_NEAR(found.total_variance, (at::square(s).sum() / 6000).item<double>(), 1e-9);
  const auto residual =
      at::square(x - found.restore(found.project(x))).sum(1).mean().item<double>();
  EXPECT_NEAR(residual, found.total_variance * (1 - found.explained()), 1e-9);
  EXPECT_TRUE(found.exact);
}

TEST(PrincipalComponents, IterationMatchesTheExactOnes) {
  const Tensor x = correlated();
  const auto exact = fit(x, 3), found = fit(x, 3, /*most_columns=*/10);
  EXPECT_FALSE(found.exact);
  expect_tensor_near(found.variances, exact.variances, 0.01);
  EXPECT_GT(subspace_overlap(subspace_cosines(found.axes.t(), exact.axes.t()), 3), 0.99);
  expect_tensor_near(found.axes.mm(found.axes.t()), at::eye(3), 1e-9);
}

TEST(PrincipalComponents, AreLimitedByRowsAndColumns) {
  EXPECT_EQ(fit(normal({9, 3}), 7).axes.size(0), 3);
  const auto few = fit(normal({2, 5}), 4);
  EXPECT_NEAR(few.explained(), 1, 1e-9);
  EXPECT_EQ(few.axes.size(0), 1);  // two points lie on a line
  EXPECT_EQ(fit(normal({2, 5}), 4, 3).axes.size(0), 1);
  EXPECT_EQ(fit(normal({1, 5}), 4).axes.size(0), 1);
  EXPECT_EQ(fit(at::ones({4, 2}), 1).explained(), 1);
}

TEST(Subspaces, HaveTheKnownAngles) {
  const Tensor eye = at::eye(4, at::kDouble);
  const Tensor plane = eye.narrow(1, 0, 2);
  // The same plane, spanned by other vectors: not orthogonal, and one of them twice.
  const Tensor same =
      plane.mm(at::tensor({3.0, 1.0, 3.0, 0.0, 2.0, 0.0}, at::kDouble).view({2, 3}));
  EXPECT_NEAR(subspace_overlap(subspace_cosines(plane, same), 2), 1, 1e-12);
  EXPECT_NEAR(subspace_overlap(subspace_cosines(plane, eye.narrow(1, 2, 2)), 2), 0, 1e-12);
  // One common direction, the other turned by 60 degrees.
  const Tensor turned = at::stack({eye[0], 0.5 * eye[1] + std::sqrt(0.75) * eye[2]}, 1);
  expect_tensor_near(subspace_cosines(plane, turned), at::tensor({1.0, 0.5}, at::kDouble), 1e-12);
  EXPECT_NEAR(subspace_overlap(subspace_cosines(plane, turned), 2), 1.25 / 2, 1e-12);
  // A line spans only half of a plane.
  EXPECT_NEAR(subspace_overlap(subspace_cosines(plane, plane.narrow(1, 0, 1)), 2), 0.5, 1e-12);
}

}  // namespace
}  // namespace latent::statistics
