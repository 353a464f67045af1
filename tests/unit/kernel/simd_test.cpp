#include "kernel/simd.h"

#include <limits>
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

TEST(Simd, ActivatesAndAddsRowsOfBf16) {
  using kernel::Bf16;
  const Tensor x = normal({3, 32}).to(at::kBFloat16);
  const auto* values = static_cast<const Bf16*>(x.const_data_ptr());
  for (const double slope : {0.0, 0.25, 0.3}) {
    const Tensor out = at::empty_like(x);
    kernel::activate(values, static_cast<float>(slope), x.numel(),
                     static_cast<Bf16*>(out.mutable_data_ptr()));
    expect_tensor_near(out, at::leaky_relu(x.to(at::kFloat), slope).to(at::kBFloat16), 0);
  }
  const Tensor sum = at::ones({32});
  kernel::add_rows(values, 3, 32, sum.mutable_data_ptr<float>());
  expect_tensor_near(sum, x.to(at::kDouble).sum(0) + 1, 1e-5);
}

TEST(Simd, ActivatedBf16KeepsNaNAndInfinities) {
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor x = at::zeros({16}, at::kBFloat16);
  x[0] = std::numeric_limits<float>::quiet_NaN();
  x[1] = -std::numeric_limits<float>::quiet_NaN();
  x[2] = infinity;
  x[3] = -infinity;
  const Tensor out = at::ones_like(x);
  kernel::activate(static_cast<const kernel::Bf16*>(x.const_data_ptr()), 0, 16,
                   static_cast<kernel::Bf16*>(out.mutable_data_ptr()));
  EXPECT_TRUE(out.narrow(0, 0, 2).isnan().all().item<bool>());
  EXPECT_EQ(out[2].item<float>(), infinity);
  EXPECT_EQ(out.narrow(0, 3, 13).abs().sum().item<float>(), 0);
}

TEST(Simd, WidePanelsComeFirst) {
  std::vector<int64_t> widths;
  for (int64_t column = 0; column < 112; column += widths.back())
    widths.push_back(kernel::panel_width(112, column));
  EXPECT_EQ(widths, (std::vector<int64_t>{64, 32, 16}));
}

}  // namespace
}  // namespace latent
