#include "kernel/simd.h"

#include <vector>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

TEST(Simd, ActivatesAndAddsRows) {
  const Tensor x = normal({3, 32});
  const Tensor out = at::empty({3, 32}), sum = at::ones({32});
  kernel::activate(x.data_ptr<float>(), 0.25F, x.numel(), out.data_ptr<float>());
  expect_tensor_near(out, at::leaky_relu(x, 0.25), 0);
  kernel::add_rows(x.data_ptr<float>(), 3, 32, sum.data_ptr<float>());
  expect_tensor_near(sum, x.sum(0) + 1, 1e-5);
}

TEST(Simd, WidePanelsComeFirst) {
  std::vector<int64_t> widths;
  for (int64_t column = 0; column < 112; column += widths.back())
    widths.push_back(kernel::panel_width(112, column));
  EXPECT_EQ(widths, (std::vector<int64_t>{64, 32, 16}));
}

}  // namespace
}  // namespace latent
