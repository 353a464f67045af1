#include "core/together.h"

#include <torch/csrc/autograd/generated/variable_factories.h>

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
