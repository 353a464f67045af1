#include "statistics/neighbours.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::statistics {
namespace {

TEST(Neighbours, AreTheNearestFirst) {
  const Tensor known = at::tensor({0.0F, 10.0F, 3.0F, 4.0F}).view({4, 1});
  const Tensor asked = at::tensor({3.4F, 100.0F, -1.0F}).view({3, 1});
  expect_tensor_near(nearest_neighbours(known, asked, 2),
                     at::tensor({2, 3, 1, 3, 0, 2}).view({3, 2}), 0);
  const Tensor many = normal({3000, 8}), some = normal({2000, 8}, 3);  // in several batches
  const Tensor wanted = std::get<1>(at::cdist(some, many).topk(4, 1, false));
  const Tensor same = nearest_neighbours(many, some, 4).eq(wanted).to(at::kDouble).mean();
  EXPECT_GT(same.item<double>(), 0.999);
}

TEST(Neighbours, AreExactFarFromTheOrigin) {
  const Tensor known = normal({500, 3}) * 0.1 + 5000, asked = normal({300, 3}, 3) * 0.1 + 5000;
  const Tensor apart = at::cdist(asked.to(at::kDouble), known.to(at::kDouble));
  expect_tensor_near(nearest_neighbours(known, asked, 1), std::get<1>(apart.topk(1, 1, false)), 0);
}

TEST(Neighbours, MajorityPrefersTheNearerInTies) {
  const Tensor classes = at::tensor({2, 1, 1, 0, 0, 2, 1, 2, 0, 0}).view({2, 5});
  expect_tensor_near(majority(classes, 3), at::tensor({1, 2}), 0);
  const Tensor one = at::tensor({0, 1, 2, 2, 1}).view({1, 5});
  EXPECT_EQ(majority(one, 3).item<int64_t>(), 1);
}

}  // namespace
}  // namespace latent::statistics
