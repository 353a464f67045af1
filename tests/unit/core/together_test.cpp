#include "core/together.h"

#include <torch/csrc/autograd/generated/variable_factories.h>

#include <limits>

#include "unit/twin.h"

namespace latent {
namespace {

TEST(Together, AWholeBatchIsReturned) {
  const Tensor x = at::ones({2, 3});
  EXPECT_EQ(Together::now(), nullptr);
  EXPECT_TRUE(rows_of_all(x).is_same(x));
  EXPECT_EQ(mean_of_all(x).item<float>(), 1);
}

TEST(Together, EndsWithItsScope) {
  {
    const Together together(alone(), {4});
    EXPECT_EQ(Together::now(), &together);
  }
  EXPECT_EQ(Together::now(), nullptr);
}

// Rows 1 of the first and 2, 3 of the second; the loss is the sum of squares, of which each process
// computes a share: by hand, the gradient of x is 2 x.
TEST(Together, RowsOfAllAndTheirGradient) {
  in_both([](const World& world) {
    const Together together(world, {1, 2});
    const bool leads = world.leads();
    Tensor x = leads ? torch::tensor({{1.0F}}) : torch::tensor({{2.0F}, {3.0F}});
    x.requires_grad_();
    const Tensor rows = rows_of_all(x);
    EXPECT_TRUE(at::equal(rows.detach(), torch::tensor({{1.0F}, {2.0F}, {3.0F}})));
    const double share = leads ? 1.0 / 3 : 2.0 / 3;
    (at::square(rows).sum() * share).backward();
    expect_tensor_near(x.grad(), 2 * x.detach(), 1e-6);
  });
}

// Two rows of each image: 1 and 2 of the first process's, 3 to 6 of the two of the second.
TEST(Together, RowsAtPlacesOfTheWholeBatch) {
  in_both([](const World& world) {
    const Together together(world, {1, 2});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Tensor x = world.leads() ? torch::tensor({{1.0F}, {nan}})
                                   : torch::tensor({{3.0F}, {4.0F}, {5.0F}, {6.0F}});
    expect_tensor_near(rows_at(x, torch::tensor({5, 0, 2})),
                       torch::tensor({{6.0F}, {1.0F}, {3.0F}}), 0);
    EXPECT_TRUE(rows_at(x, torch::tensor({1})).isnan().item<bool>());
  });
  expect_tensor_near(rows_at(torch::tensor({{1.0F}, {2.0F}}), torch::tensor({1})),
                     torch::tensor({{2.0F}}), 0);
}

TEST(Together, SumOfAll) {
  in_both([](const World& world) {
    const Together together(world, {1, 2});
    const Tensor count = torch::tensor({world.leads() ? 1.0F : 2.0F});
    sum_of_all(count);
    EXPECT_EQ(count.item<float>(), 3);
  });
  const Tensor whole = at::ones({1});
  sum_of_all(whole);
  EXPECT_EQ(whole.item<float>(), 1);
}

// (1 + 2 + 6) / 3, where the means of the parts are 1 and 4.
TEST(Together, MeanOfAll) {
  in_both([](const World& world) {
    const Together together(world, {1, 2});
    const Tensor x = world.leads() ? torch::tensor({1.0F}) : torch::tensor({2.0F, 6.0F});
    EXPECT_FLOAT_EQ(mean_of_all(x).item<float>(), 3);
  });
}

}  // namespace
}  // namespace latent
