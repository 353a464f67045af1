#include "kernel/activated_strided_conv.h"

#include "kernel/simd.h"
#include "train/arithmetic.h"
#include "unit/convolving.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

struct StridedCase {
  bool is_up;
  int64_t images, in, out, height, width, size, stride;
  int64_t extra;  // output_padding of a transposed convolution
  double slope;
};

std::ostream& operator<<(std::ostream& out, const StridedCase& c) {
  return out << (c.is_up ? "up " : "down ") << c.images << " x " << c.in << " to " << c.out << ", "
             << c.height << "x" << c.width << ", kernel " << c.size << ", stride " << c.stride
             << ", slope " << c.slope;
}

class StridedConvTest : public testing::TestWithParam<StridedCase> {
 protected:
  Tensor libtorch(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    const double slope = GetParam().slope;
    return without_activation(slope == 1 ? x : at::leaky_relu(x, slope), weight, bias);
  }

  Tensor without_activation(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    const StridedCase& c = GetParam();
    const int64_t padding = (c.size - 1) / 2;
    return c.is_up ? at::conv_transpose2d(x, weight, bias, c.stride, padding, c.extra)
                   : at::conv2d(x, weight, bias, c.stride, padding);
  }

  Tensor ours(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    const StridedCase& c = GetParam();
    const auto reach = [&](int64_t size) {
      const int64_t rest = c.size - 2 * ((c.size - 1) / 2);
      return c.is_up ? (size - 1) * c.stride + rest + c.extra : (size - rest) / c.stride + 1;
    };
    const kernel::Extent output{.height = reach(c.height), .width = reach(c.width)};
    return c.is_up ? kernel::activated_transposed_conv(x, c.slope, weight, bias, c.stride, output)
                   : kernel::activated_strided_conv(x, c.slope, weight, bias, c.stride, output);
  }

  // x, weight, bias.
  std::vector<Tensor> operands() const {
    const StridedCase& c = GetParam();
    return {
        normal({c.images, c.in, c.height, c.width}, 1).contiguous(at::MemoryFormat::ChannelsLast),
        normal({c.is_up ? c.in : c.out, c.is_up ? c.out : c.in, c.size, c.size}, 2),
        normal({c.out}, 3)};
  }

  // Returns a gradient of the output.
  Tensor gradient() const {
    const auto all = operands();
    return normal(libtorch(all[0], all[1], all[2]).sizes().vec(), 4);
  }

  // Returns LibTorch's output and gradients in double precision.
  std::vector<Tensor> wanted(const std::vector<Tensor>& all, const Tensor& back) const {
    return output_and_gradients([&](auto&... each) { return libtorch(each...); },
                                exact_operands(all), back.to(at::kDouble));
  }

  std::vector<Tensor> terms(const std::vector<Tensor>& all, const Tensor& back) const {
    return absolute_terms([&](auto&... each) { return without_activation(each...); },
                          GetParam().slope, exact_operands(all), back.to(at::kDouble));
  }
};

TEST_P(StridedConvTest, GivesTheOutputAndGradientsOfLibTorch) {
  const Tensor back = gradient();
  const auto want = wanted(operands(), back), sizes = terms(operands(), back);
  for (const int threads : {1, 3}) {
    const LimitedThreads limited(threads);
    const auto got =
        output_and_gradients([&](auto&... each) { return ours(each...); }, operands(), back);
    for (size_t i = 0; i < want.size(); ++i) {
      SCOPED_TRACE(testing::Message() << threads << " threads, " << i);
      expect_sums_near(got[i], want[i], sizes[i]);
    }
  }
}

TEST_P(StridedConvTest, IsBitForBitReproducibleForEveryLayout) {
  const LimitedThreads limited(2);
  const auto conv = [&](auto&... each) { return ours(each...); };
  auto other = operands();
  const Tensor back = normal(conv(other[0], other[1], other[2]).sizes().vec(), 4);
  const auto first = output_and_gradients(conv, operands(), back);
  other[0] = other[0].contiguous();
  other[1] = other[1].contiguous(at::MemoryFormat::ChannelsLast);
  const auto second = output_and_gradients(conv, other, back);
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(at::equal(first[i], second[i])) << i;
}

TEST_P(StridedConvTest, WorksWithoutABiasAndWithoutAGradientOfTheInput) {
  auto all = operands();
  const Tensor back = gradient();
  const auto with_bias = wanted(all, back), sizes = terms(all, back);
  const std::vector<Tensor> no_bias{all[0], all[1], at::zeros_like(all[2])};
  expect_sums_near(ours(all[0], all[1], {}), wanted(no_bias, back)[0], terms(no_bias, back)[0]);
  all[1].requires_grad_(true);
  const Tensor output = ours(all[0], all[1], all[2]);
  expect_sums_near(torch::autograd::grad({output}, {all[1]}, {back})[0], with_bias[2], sizes[2]);
}

TEST_P(StridedConvTest, InBf16ProductsAreExactAndSumsInSinglePrecision) {
  auto all = operands();
  const Tensor back = gradient().to(at::kBFloat16);
  const auto plain = [&](auto&... each) { return without_activation(each...); };
  const auto want = bf16_output_and_gradients(plain, GetParam().slope, all, back);
  const auto sizes = terms(all, back);
  all[0] = all[0].to(at::kBFloat16);
  for_each_pair_arithmetic([&] {
    for (const int threads : {1, 3}) {
      const LimitedThreads limited(threads);
      const auto got =
          output_and_gradients([&](auto&... each) { return ours(each...); }, all, back);
      ASSERT_EQ(got[0].scalar_type(), at::kBFloat16);
      ASSERT_EQ(got[1].scalar_type(), at::kBFloat16);
      ASSERT_EQ(got[2].scalar_type(), at::kFloat);
      for (size_t i = 0; i < want.size(); ++i) {
        SCOPED_TRACE(testing::Message() << threads << " threads, " << i);
        expect_bf16_sums_near(got[i], want[i], sizes[i]);
      }
    }
  });
}

TEST_P(StridedConvTest, InBf16DiffersFromDoublePrecisionByTheRoundingOfTwoFactors) {
  auto all = operands();
  all[0] = all[0].to(at::kBFloat16);
  const Tensor back = gradient().to(at::kBFloat16);
  const auto want = wanted(all, back), sizes = terms(all, back);
  const auto got = output_and_gradients([&](auto&... each) { return ours(each...); }, all, back);
  for (size_t i = 0; i < want.size(); ++i) {
    SCOPED_TRACE(i);
    expect_bf16_sums_near(got[i], want[i], sizes[i], 2);
  }
}

TEST_P(StridedConvTest, InBf16IsBitForBitReproducible) {
  const LimitedThreads limited(2);
  auto all = operands();
  all[0] = all[0].to(at::kBFloat16);
  const Tensor back = gradient().to(at::kBFloat16);
  const auto conv = [&](auto&... each) { return ours(each...); };
  const auto first = output_and_gradients(conv, all, back);
  const auto second = output_and_gradients(conv, all, back);
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(at::equal(first[i], second[i])) << i;
}

INSTANTIATE_TEST_SUITE_P(Sizes, StridedConvTest,
                         testing::Values(StridedCase{false, 3, 32, 16, 8, 8, 3, 2, 0, 0},
                                         StridedCase{false, 70, 16, 48, 5, 7, 3, 2, 0, 0.3},
                                         StridedCase{false, 2, 64, 32, 9, 11, 5, 3, 0, 1},
                                         StridedCase{false, 2, 16, 16, 8, 6, 4, 2, 0, 1},
                                         StridedCase{false, 1, 16, 16, 3, 3, 1, 2, 0, 0},
                                         StridedCase{false, 2, 16, 16, 20, 17, 3, 1, 0, 0},
                                         StridedCase{false, 70, 16, 48, 5, 7, 4, 1, 0, 1},
                                         StridedCase{false, 70, 32, 16, 4, 4, 1, 1, 0, 0.2},
                                         StridedCase{false, 3, 80, 64, 8, 8, 3, 2, 0, 0},
                                         StridedCase{false, 11, 32, 112, 6, 10, 3, 2, 0, 0.2},
                                         StridedCase{false, 70, 16, 64, 4, 4, 3, 2, 0, 0.2},
                                         StridedCase{false, 4, 64, 64, 64, 64, 3, 2, 0, 0.2},
                                         StridedCase{true, 3, 32, 16, 4, 4, 3, 2, 1, 0},
                                         StridedCase{true, 70, 16, 48, 3, 5, 3, 2, 1, 0.3},
                                         StridedCase{true, 2, 48, 32, 3, 4, 5, 3, 0, 1},
                                         StridedCase{true, 2, 16, 16, 4, 3, 4, 2, 0, 1},
                                         StridedCase{true, 1, 16, 16, 3, 2, 1, 2, 1, 0},
                                         StridedCase{true, 2, 16, 16, 20, 17, 3, 1, 0, 0},
                                         StridedCase{true, 70, 48, 16, 4, 6, 4, 1, 0, 0.3},
                                         StridedCase{true, 70, 16, 32, 4, 4, 1, 1, 0, 1},
                                         StridedCase{true, 3, 80, 64, 4, 4, 3, 2, 1, 0},
                                         StridedCase{true, 11, 128, 48, 3, 5, 3, 2, 1, 0.2}));

TEST(StridedConv, IsNotUsedForOtherOperands) {
  const kernel::Extent output{.height = 4, .width = 4};
  const Tensor x = normal({1, 16, 8, 8}, 1), weight = normal({32, 16, 3, 3}, 2);
  EXPECT_EQ(kernel::prefers_strided(x, weight, output), kernel::has_wide_registers());
  EXPECT_EQ(kernel::prefers_strided(x.to(at::kBFloat16), weight, output),
            kernel::pair_arithmetic() != kernel::PairArithmetic::kEmulated);
  EXPECT_FALSE(kernel::prefers_strided(x.to(at::kHalf), weight, output));
  EXPECT_FALSE(kernel::prefers_strided(x, weight.to(at::kBFloat16), output));
  EXPECT_FALSE(kernel::prefers_strided(x, weight.to(at::kDouble), output));
  EXPECT_FALSE(
      kernel::prefers_strided(normal({1, 24, 8, 8}, 1), normal({32, 24, 3, 3}, 2), output));
  EXPECT_FALSE(kernel::prefers_strided(x, normal({20, 16, 3, 3}, 2), output));
  EXPECT_FALSE(kernel::prefers_strided(x, weight, {.height = 1 << 13, .width = 1 << 13}));
  EXPECT_FALSE(kernel::prefers_strided(at::empty({1, 16, 512, 512}), at::empty({16, 16, 3, 3}),
                                       {.height = 512, .width = 512}));  // too many connections
}

TEST(StridedConv, ComputesInBf16UnderAutocast) {
  const Tensor x = normal({1, 16, 8, 8}, 1), weight = normal({32, 16, 3, 3}, 2);
  const auto conv = [&](const Tensor& in) {
    return kernel::activated_strided_conv(in, 0, weight, {}, 2, {.height = 4, .width = 4});
  };
  const Tensor want = conv(x.to(at::kBFloat16));
  const Autocast narrow(c10::kCPU, "bf16");
  EXPECT_TRUE(at::equal(conv(x), want));
  EXPECT_EQ(want.scalar_type(), at::kBFloat16);
}

}  // namespace
}  // namespace latent
