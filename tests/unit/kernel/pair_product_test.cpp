// The instructions that multiply pairs of bfloat16, their emulation, and the rounding to bfloat16.
#include "kernel/pair_product.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/simd.h"
#include "unit/convolving.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

using kernel::Bf16, kernel::PairArithmetic;

constexpr int64_t kProductRows = 48, kProductColumns = 112, kProductDepth = 96;

// a: [rows, depth].  b: [depth / 2, columns, 2].
Tensor product_of_pairs(const Tensor& a, const Tensor& b, PairArithmetic arithmetic, bool adds) {
  const PairArithmetic before = kernel::pair_arithmetic();
  kernel::set_pair_arithmetic(arithmetic);
  Tensor sums = at::full({kProductRows, kProductColumns}, 0.25);
  {
    const kernel::TileScope tiles;
    kernel::multiply_pairs({.a = static_cast<const Bf16*>(a.const_data_ptr()),
                            .stride_of_a = kProductDepth,
                            .b = static_cast<const Bf16*>(b.const_data_ptr()),
                            .stride_of_b = kProductColumns,
                            .sums = sums.mutable_data_ptr<float>(),
                            .stride_of_sums = kProductColumns,
                            .rows = kProductRows,
                            .columns = kProductColumns,
                            .depth = kProductDepth,
                            .adds = adds});
  }
  kernel::set_pair_arithmetic(before);
  return sums;
}

// Factors of an order of magnitude, a few of them too small for a normal exponent.
Tensor factors(c10::IntArrayRef sizes, double magnitude, uint64_t seed) {
  const Tensor values = magnitude * normal(sizes.vec(), seed);
  return at::where(normal(sizes.vec(), seed + 100) > 2, 1e-39, values).to(at::kBFloat16);
}

TEST(PairProduct, MultipliesMatrices) {
  const Tensor a = normal({kProductRows, kProductDepth}, 1).to(at::kBFloat16);
  const Tensor b = normal({kProductDepth / 2, kProductColumns, 2}, 2).to(at::kBFloat16);
  const Tensor right =
      b.to(at::kDouble).permute({0, 2, 1}).reshape({kProductDepth, kProductColumns});
  const Tensor left = a.to(at::kDouble), terms = left.abs().mm(right.abs()) + 0.25;
  for_each_pair_arithmetic([&] {
    const PairArithmetic arithmetic = kernel::pair_arithmetic();
    expect_bf16_sums_near(product_of_pairs(a, b, arithmetic, false), left.mm(right), terms);
    expect_bf16_sums_near(product_of_pairs(a, b, arithmetic, true), left.mm(right) + 0.25, terms);
  });
}

// By hand: 1.5 + 2^-24 lies in the middle of two floats and becomes 1.5, so 1.5 less leaves
// nothing.
TEST(PairProduct, TheEmulationRoundsAfterEachProduct) {
  const Tensor a = at::zeros({kProductRows, kProductDepth}, at::kBFloat16);
  const Tensor b = at::zeros({kProductDepth / 2, kProductColumns, 2}, at::kBFloat16);
  a[1][0] = std::ldexp(1.0F, -24);
  a[1][1] = 3;
  a[1][2] = -3;
  b[0][5][0] = 1;
  b[0][5][1] = 0.5;
  b[1][5][0] = 0.5;
  const Tensor sums = product_of_pairs(a, b, PairArithmetic::kEmulated, false);
  EXPECT_EQ(sums[1][5].item<float>(), 0);
  EXPECT_EQ(sums.abs().sum().item<float>(), 0);
}

TEST(PairProduct, TheEmulationGivesTheResultsOfTheInstructionBitForBit) {
  if (!kernel::is_available(PairArithmetic::kVectors))
    GTEST_SKIP() << "this processor has no AVX512-BF16";
  for (const double magnitude : {1.0, 1e-19, 1e18}) {
    const Tensor a = factors({kProductRows, kProductDepth}, magnitude, 1);
    const Tensor b = factors({kProductDepth / 2, kProductColumns, 2}, magnitude, 2);
    for (const bool adds : {false, true}) {
      const Tensor plain = product_of_pairs(a, b, PairArithmetic::kEmulated, adds);
      const Tensor fast = product_of_pairs(a, b, PairArithmetic::kVectors, adds);
      EXPECT_TRUE(at::equal(plain.view(at::kInt), fast.view(at::kInt))) << magnitude << adds;
    }
  }
}

TEST(PairProduct, RoundsToBf16AsLibTorchDoes) {
  std::vector<float> values{0.0F,
                            -0.0F,
                            1.0F,
                            std::ldexp(1.0F, -149),
                            3.4e38F,
                            std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::infinity()};
  // Just below, at and above the middle between two numbers, of which the lower or upper is even.
  for (const uint32_t bits : {0x3F807FFFU, 0x3F808000U, 0x3F808001U, 0x3F818000U, 0x00018000U}) {
    values.push_back(std::bit_cast<float>(bits));
    values.push_back(-std::bit_cast<float>(bits));
  }
  const Tensor wide = at::tensor(values), narrow = wide.to(at::kBFloat16).to(at::kFloat);
  for (size_t i = 0; i < values.size(); ++i) {
    const float rounded = kernel::widened(kernel::narrowed(values[i]));
    EXPECT_EQ(std::bit_cast<uint32_t>(rounded),
              std::bit_cast<uint32_t>(narrow[static_cast<int64_t>(i)].item<float>()))
        << values[i];
  }
  EXPECT_TRUE(std::isnan(kernel::widened(kernel::narrowed(std::nanf("")))));
  EXPECT_TRUE(std::isnan(kernel::widened(kernel::narrowed(std::bit_cast<float>(0x7FFFFFFFU)))));
}

}  // namespace
}  // namespace latent
