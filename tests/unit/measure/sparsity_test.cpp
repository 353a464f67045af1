// The figures that describe how sparse a code is.
#include "measure/sparsity.h"

#include <torch/types.h>

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Sparsity, ActiveAndDeadUnits) {
  const Tensor codes =
      torch::tensor({{1.0f, 0.0f, 0.0f}, {0.005f, -0.5f, 0.0f}, {0.5f, 1.0f, 0.0f}});
  const auto got = sparsity(codes, false);
  EXPECT_NEAR(got.mean_activation, 3.005 / 9, 1e-6);
  EXPECT_NEAR(got.active, 4.0 / 3, 1e-12);  // 0.005 is below a hundredth of the unit's largest
  EXPECT_NEAR(got.active_share, 4.0 / 9, 1e-12);
  EXPECT_EQ(got.dead_units, 1);
  const Tensor sigmoid = torch::tensor({{0.5f, 0.009f, 0.02f}, {0.5f, 1e-4f, 1e-4f}});
  EXPECT_EQ(sparsity(sigmoid, false).dead_units, 0);
  EXPECT_EQ(sparsity(sigmoid, true).dead_units, 1);
}

}  // namespace
}  // namespace latent
