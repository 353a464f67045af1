#include "statistics/neighbours.h"

#include <ATen/ATen.h>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

// Which of two is the nearer may be a matter of rounding; how near they are is not.
void expect_nearest(const Tensor& known, const Tensor& asked, int64_t k) {
  const Tensor centre = known.to(at::kDouble).mean(0), a = asked.to(at::kDouble) - centre,
               b = known.to(at::kDouble) - centre;
  const Tensor squares = at::cdist(a, b).square();
  const auto largest = [](const Tensor& x) { return x.square().sum(1).max().item<double>(); };
  const double terms = 2 * (largest(a) + largest(b));  // of |a|^2 + |b|^2 - 2 a b
  expect_tensor_near(squares.gather(1, nearest_neighbours(known, asked, k)),
                     std::get<0>(squares.topk(k, 1, false)),
                     rounding(terms, static_cast<double>(known.size(1) + 2)));
}

TEST(Neighbours, AreTheNearestFirst) {
  const Tensor known = at::tensor({0.0F, 10.0F, 3.0F, 4.0F}).view({4, 1});
  const Tensor asked = at::tensor({3.4F, 100.0F, -1.0F}).view({3, 1});
  expect_tensor_near(nearest_neighbours(known, asked, 2),
                     at::tensor({2, 3, 1, 3, 0, 2}).view({3, 2}), 0);
  const Tensor many = normal({3000, 8}), some = normal({2000, 8}, 3);  // in several batches
  expect_nearest(many, some, 4);
}

TEST(Neighbours, AreExactFarFromTheOrigin) {
  expect_nearest(normal({500, 3}) * 0.1 + 5000, normal({300, 3}, 3) * 0.1 + 5000, 1);
}

TEST(Neighbours, MeanDistanceIsThatOfTheNearest) {
  const Tensor known = at::tensor({0.0F, 0.0F, 3.0F, 4.0F, 6.0F, 8.0F}).view({3, 2});
  const Tensor asked = at::tensor({0.0F, 0.0F, 3.0F, 0.0F}).view({2, 2});
  // Distances 0, 5, 10 and 3, 4, sqrt(73).
  expect_tensor_near(neighbour_distances(known, asked, 2), at::tensor({2.5, 3.5}, at::kDouble),
                     1e-12);
  expect_tensor_near(neighbour_distances(known, known + 1e-3F, 1),
                     at::full({3}, std::sqrt(2e-6), at::kDouble), 1e-6);
}

TEST(Neighbours, MajorityPrefersTheNearerInTies) {
  const Tensor classes = at::tensor({2, 1, 1, 0, 0, 2, 1, 2, 0, 0}).view({2, 5});
  expect_tensor_near(majority(classes, 3), at::tensor({1, 2}), 0);
  const Tensor one = at::tensor({0, 1, 2, 2, 1}).view({1, 5});
  EXPECT_EQ(majority(one, 3).item<int64_t>(), 1);
}

}  // namespace
}  // namespace latent::statistics
