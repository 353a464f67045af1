#include "kernel/row_product.h"

#include <tuple>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

TEST(RowProduct, MatchesMatrixProducts) {
  for (const auto& [rows, depth, columns] : {std::tuple{1, 2, 16}, {13, 6, 48}, {30, 70, 112}}) {
    const Tensor a = normal({rows, depth}, 1), b = normal({depth, columns}, 2);
    const kernel::RowProduct product({.rows = rows, .stride = depth}, depth, b.data_ptr<float>(),
                                     columns, columns);
    const Tensor out = at::empty({rows, columns}), gate = normal({rows, columns}, 3);
    product.multiply(a.data_ptr<float>(), out.data_ptr<float>());
    const Tensor want = a.to(at::kDouble).mm(b.to(at::kDouble));
    expect_tensor_near(out, want, 1e-4);
    product.multiply(a.data_ptr<float>(), out.data_ptr<float>(), gate.data_ptr<float>(), 0.5F);
    expect_tensor_near(out, at::where(gate > 0, want, 0.5 * want), 1e-4);
  }
}

TEST(RowProduct, AddsOuterProducts) {
  const Tensor a = normal({9, 6}, 1), b = normal({9, 32}, 2), sums = at::ones({6, 32});
  const kernel::RowOuterProducts products({.rows = 9, .stride = 6}, 6, 32, 32);
  products.add(a.data_ptr<float>(), b.data_ptr<float>(), sums.data_ptr<float>());
  expect_tensor_near(sums, a.t().to(at::kDouble).mm(b.to(at::kDouble)) + 1, 1e-4);
}

}  // namespace
}  // namespace latent
