#include "kernel/row_product.h"

#include <tuple>
#include <vector>

#include "unit/convolving.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::vector<std::tuple<int64_t, int64_t, int64_t>> kProducts{
    {1, 2, 16}, {13, 6, 48}, {30, 70, 112}};

const kernel::Bf16* bf16_values(const Tensor& x) {
  return static_cast<const kernel::Bf16*>(x.const_data_ptr());
}

TEST(RowProduct, MatchesMatrixProducts) {
  for (const auto& [rows, depth, columns] : kProducts) {
    const Tensor a = normal({rows, depth}, 1), b = normal({depth, columns}, 2);
    const kernel::RowProduct<float> product({.rows = rows, .stride = depth}, depth,
                                            b.data_ptr<float>(), columns, columns);
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
  const kernel::RowOuterProducts<float> products({.rows = 9, .stride = 6}, 6, 32, 32);
  products.add(a.data_ptr<float>(), b.data_ptr<float>(), sums.data_ptr<float>());
  expect_tensor_near(sums, a.t().to(at::kDouble).mm(b.to(at::kDouble)) + 1, 1e-4);
}

TEST(RowProduct, MatchesMatrixProductsOfBf16) {
  for (const auto& [rows, depth, columns] : kProducts) {
    const Tensor a = normal({rows, depth}, 1).to(at::kBFloat16);
    const Tensor b = rounded_to_bf16(normal({depth, columns}, 2));
    const Tensor gate = normal({rows, columns}, 3).to(at::kBFloat16);
    const Tensor want = a.to(at::kDouble).mm(b.to(at::kDouble));
    const Tensor terms = a.to(at::kDouble).abs().mm(b.to(at::kDouble).abs());
    const kernel::RowProduct<kernel::Bf16> product({.rows = rows, .stride = depth}, depth,
                                                   b.const_data_ptr<float>(), columns, columns);
    const Tensor wide = at::empty({rows, columns}), narrow = at::empty_like(gate);
    for_each_pair_arithmetic([&] {
      product.multiply(bf16_values(a), wide.mutable_data_ptr<float>());
      expect_bf16_sums_near(wide, want, terms);
      product.multiply(bf16_values(a), static_cast<kernel::Bf16*>(narrow.mutable_data_ptr()),
                       bf16_values(gate), 0.5F);
      expect_bf16_sums_near(narrow, at::where(gate > 0, want, 0.5 * want), terms);
    });
  }
}

TEST(RowProduct, AddsOuterProductsOfBf16) {
  const Tensor a = normal({9, 16}, 1).to(at::kBFloat16), b = normal({9, 48}, 2).to(at::kBFloat16);
  const kernel::RowOuterProducts<kernel::Bf16> products({.rows = 9, .stride = 16}, 16, 48, 48);
  const Tensor left = a.to(at::kDouble).t(), right = b.to(at::kDouble);
  for_each_pair_arithmetic([&] {
    const Tensor sums = at::ones({16, 48});
    products.add(bf16_values(a), bf16_values(b), sums.mutable_data_ptr<float>());
    expect_bf16_sums_near(sums, left.mm(right) + 1, left.abs().mm(right.abs()) + 1);
  });
}

}  // namespace
}  // namespace latent
