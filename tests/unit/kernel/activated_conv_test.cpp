// Compares the fast path with LibTorch's operations, and their gradients with finite differences.
#include "kernel/activated_conv.h"

#include "unit/convolving.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

struct NarrowCase {
  int64_t images, channels, outputs, height, width, size;
  double slope;
};

Tensor libtorch_conv(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  const Tensor active = slope == 1 ? x : at::leaky_relu(x, slope);
  return at::conv2d(active, weight, bias, 1, weight.size(2) / 2);
}

const std::vector<NarrowCase> kNarrowCases{{2, 32, 1, 8, 8, 3, 0},   {7, 32, 3, 4, 5, 3, 0},
                                           {3, 16, 3, 5, 7, 3, 0.3}, {1, 48, 2, 1, 9, 5, 1},
                                           {2, 16, 4, 6, 1, 1, 0},   {5, 128, 3, 9, 17, 3, 0.01}};

TEST(ActivatedConv, GivesTheOutputAndGradientsOfLibTorch) {
  for (const NarrowCase& c : kNarrowCases) {
    SCOPED_TRACE(testing::Message() << c.channels << " to " << c.outputs << ", " << c.height << "x"
                                    << c.width << ", kernel " << c.size << ", slope " << c.slope);
    const std::vector<Tensor> operands{normal({c.images, c.channels, c.height, c.width}, 1)
                                           .contiguous(at::MemoryFormat::ChannelsLast),
                                       normal({c.outputs, c.channels, c.size, c.size}, 2),
                                       normal({c.outputs}, 3)};
    const Tensor back = normal({c.images, c.outputs, c.height, c.width}, 4);
    ASSERT_TRUE(kernel::is_narrow(operands[0], operands[1]));
    const std::vector<Tensor> exact = exact_operands(operands);
    const auto want =
        output_and_gradients([&](const Tensor& x, const Tensor& w,
                                 const Tensor& b) { return libtorch_conv(x, c.slope, w, b); },
                             exact, back.to(at::kDouble));
    const auto terms = absolute_terms(
        [](const Tensor& x, const Tensor& w, const Tensor& b) { return libtorch_conv(x, 1, w, b); },
        c.slope, exact, back.to(at::kDouble));
    for (const int threads : {1, 3}) {
      const LimitedThreads limited(threads);
      const auto got = output_and_gradients(
          [&](const Tensor& x, const Tensor& w, const Tensor& b) {
            return kernel::activated_conv(x, c.slope, w, b);
          },
          operands, back);
      for (size_t i = 0; i < want.size(); ++i)
        expect_sums_near(got[i], want[i], terms[i]);
    }
  }
}

TEST(ActivatedConv, InBf16ProductsAreExactAndSumsInSinglePrecision) {
  for (const NarrowCase& c : kNarrowCases) {
    SCOPED_TRACE(testing::Message() << c.channels << " to " << c.outputs << ", " << c.height << "x"
                                    << c.width << ", kernel " << c.size << ", slope " << c.slope);
    const Tensor x = normal({c.images, c.channels, c.height, c.width}, 1).to(at::kBFloat16);
    const Tensor weight = normal({c.outputs, c.channels, c.size, c.size}, 2);
    const Tensor bias = normal({c.outputs}, 3);
    const Tensor back = normal({c.images, c.outputs, c.height, c.width}, 4);
    const auto plain = [](const Tensor& in, const Tensor& w, const Tensor& b) {
      return libtorch_conv(in, 1, w, b);
    };
    auto want = bf16_output_and_gradients(plain, c.slope, {x, weight, bias}, back);
    want[3] = back.sum({0, 2, 3}, false, at::kDouble);  // the bias's is not rounded
    const auto sizes =
        absolute_terms(plain, c.slope, exact_operands({x, weight, bias}), back.to(at::kDouble));
    for_each_pair_arithmetic([&] {
      for (const int threads : {1, 3}) {
        const LimitedThreads limited(threads);
        const auto got = output_and_gradients(
            [&](const Tensor& in, const Tensor& w, const Tensor& b) {
              return kernel::activated_conv(in, c.slope, w, b);
            },
            {x, weight, bias}, back);
        ASSERT_EQ(got[0].scalar_type(), at::kFloat);
        ASSERT_EQ(got[1].scalar_type(), at::kBFloat16);
        for (size_t i = 0; i < want.size(); ++i) {
          SCOPED_TRACE(testing::Message() << threads << " threads, " << i);
          expect_bf16_sums_near(got[i], want[i], sizes[i]);
        }
      }
    });
  }
}

// Compares with (f(x + h) - f(x - h)) / 2h for every value of every operand, in double precision.
TEST(ActivatedConv, ReferenceGradientsMatchFiniteDifferences) {
  const std::vector<Tensor> operands =
      exact_operands({normal({1, 16, 3, 4}, 1), normal({2, 16, 3, 3}, 2), normal({2}, 3)});
  const Tensor back = normal({1, 2, 3, 4}, 4).to(at::kDouble);
  const auto twin = [](const Tensor& x, const Tensor& w, const Tensor& b) {
    return libtorch_conv(x, 0.3, w, b);
  };
  const auto gradients = output_and_gradients(twin, operands, back);
  constexpr double kStep = 1e-6;
  for (size_t i = 0; i < operands.size(); ++i) {
    Tensor values = operands[i].view(-1), slopes = at::empty_like(values);
    for (int64_t k = 0; k < values.numel(); ++k) {
      double sides[2];
      for (const int side : {0, 1}) {
        values[k] += side == 0 ? kStep : -2 * kStep;
        sides[side] = (twin(operands[0], operands[1], operands[2]) * back).sum().item<double>();
      }
      values[k] += kStep;
      slopes[k] = (sides[0] - sides[1]) / (2 * kStep);
    }
    expect_tensor_near(gradients[i + 1].reshape(-1), slopes, 1e-6);
  }
}

TEST(ActivatedConv, WorksWithoutABiasAndOnAnyLayout) {
  const Tensor x = normal({2, 16, 6, 5}, 1), weight = normal({1, 16, 3, 3}, 2);
  const auto exact = exact_operands({x, weight});
  expect_sums_near(kernel::activated_conv(x, 0.0, weight, {}),
                   libtorch_conv(exact[0], 0.0, exact[1], {}),
                   libtorch_conv(at::relu(exact[0]), 1, exact[1].abs(), {}));
  const Tensor strided = weight.contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_TRUE(at::equal(kernel::activated_conv(x, 0.0, strided, {}),
                        kernel::activated_conv(x, 0.0, weight, {})));
}

TEST(ActivatedConv, IsNotUsedForOtherSizes) {
  const Tensor x = normal({1, 16, 4, 4}, 1);
  EXPECT_FALSE(kernel::is_narrow(normal({1, 20, 4, 4}, 1), normal({1, 20, 3, 3}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x, normal({8, 16, 3, 3}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x, normal({1, 16, 2, 2}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x.to(at::kHalf), normal({1, 16, 3, 3}, 2)));
  EXPECT_EQ(kernel::is_narrow(x.to(at::kBFloat16), normal({1, 16, 3, 3}, 2)),
            kernel::pair_arithmetic() != kernel::PairArithmetic::kEmulated);
}

TEST(ActivatedConv, IsBitForBitReproducible) {
  const Tensor x = normal({7, 16, 9, 9}, 1), weight = normal({3, 16, 3, 3}, 2);
  const Tensor back = normal({7, 3, 9, 9}, 4);
  const auto conv = [](const Tensor& a, const Tensor& w, const Tensor& b) {
    return kernel::activated_conv(a, 0.3, w, b);
  };
  const auto first = output_and_gradients(conv, {x, weight, normal({3}, 3)}, back);
  const auto second = output_and_gradients(conv, {x, weight, normal({3}, 3)}, back);
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(at::equal(first[i], second[i]));
}

}  // namespace
}  // namespace latent
