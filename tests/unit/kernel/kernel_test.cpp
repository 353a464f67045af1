// Operations of our own against LibTorch's, and the latter against differences.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include "kernel/activated_conv.h"
#include "kernel/activated_strided_conv.h"
#include "kernel/allowed.h"
#include "kernel/simd.h"
#include "kernel/threads.h"
#include "model/autoencoder.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

struct Case {
  int64_t images, channels, outputs, height, width, size;
  double slope;
};

Tensor normal_values(std::vector<int64_t> sizes, uint64_t index) {
  auto noise = generator(3, Stream::kSample, index);
  return at::empty(sizes).normal_(0, 1, noise);
}

// So many threads while it lives.
class Threads {
 public:
  explicit Threads(int count) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }

 private:
  int before_ = at::get_num_threads();
};

// Output and gradients (input, weight, bias) for the gradient `back` of the output.
template <typename Conv>
std::vector<Tensor> run(const Conv& conv, std::vector<Tensor> operands, const Tensor& back) {
  for (Tensor& operand : operands)
    operand = operand.detach().requires_grad_(true);
  const Tensor output = conv(operands[0], operands[1], operands[2]);
  std::vector<Tensor> all{output.detach()};
  for (const Tensor& gradient : torch::autograd::grad({output}, operands, {back}))
    all.push_back(gradient);
  return all;
}

// The sums of the absolute values of the terms that `run` adds up. conv: without the activation.
template <typename Conv>
std::vector<Tensor> absolute_terms(const Conv& conv, double slope,
                                   const std::vector<Tensor>& operands, const Tensor& back) {
  const Tensor& x = operands[0];
  auto all =
      run(conv, {at::leaky_relu(x, slope).abs(), operands[1].abs(), operands[2].abs()}, back.abs());
  all[1] *= at::where(x > 0, 1.0, slope);
  return all;
}

// got: sums in single precision, of terms whose signs are random. The sum of the first k of n is
// then about sqrt(k) of them, so n roundings of such sums, in whatever order, deviate by less than
// one rounding of the sum of all absolute terms. Sixteen deviations; up to sixteen terms cannot err
// by more at all.
void expect_sums_near(const Tensor& got, const Tensor& want, const Tensor& terms) {
  expect_tensor_near(got, want, 16 * kRounding * terms);
}

std::vector<Tensor> in_double(std::vector<Tensor> operands) {
  for (Tensor& operand : operands)
    operand = operand.to(at::kDouble);
  return operands;
}

Tensor plain(const Tensor& x, double slope, const Tensor& weight, const Tensor& bias) {
  const Tensor active = slope == 1 ? x : at::leaky_relu(x, slope);
  return at::conv2d(active, weight, bias, 1, weight.size(2) / 2);
}

TEST(ActivatedConv, GivesTheOutputAndGradientsOfLibTorch) {
  for (const Case& c :
       {Case{2, 32, 1, 8, 8, 3, 0}, Case{7, 32, 3, 4, 5, 3, 0}, Case{3, 16, 3, 5, 7, 3, 0.3},
        Case{1, 48, 2, 1, 9, 5, 1}, Case{2, 16, 4, 6, 1, 1, 0}, Case{5, 128, 3, 9, 17, 3, 0.01}}) {
    SCOPED_TRACE(testing::Message() << c.channels << " to " << c.outputs << ", " << c.height << "x"
                                    << c.width << ", kernel " << c.size << ", slope " << c.slope);
    const std::vector<Tensor> operands{normal_values({c.images, c.channels, c.height, c.width}, 1)
                                           .contiguous(at::MemoryFormat::ChannelsLast),
                                       normal_values({c.outputs, c.channels, c.size, c.size}, 2),
                                       normal_values({c.outputs}, 3)};
    const Tensor back = normal_values({c.images, c.outputs, c.height, c.width}, 4);
    ASSERT_TRUE(kernel::is_narrow(operands[0], operands[1]));
    const std::vector<Tensor> exact = in_double(operands);
    const auto want = run(
        [&](const Tensor& x, const Tensor& w, const Tensor& b) { return plain(x, c.slope, w, b); },
        exact, back.to(at::kDouble));
    const auto terms = absolute_terms(
        [&](const Tensor& x, const Tensor& w, const Tensor& b) { return plain(x, 1, w, b); },
        c.slope, exact, back.to(at::kDouble));
    for (const int threads : {1, 3}) {
      const Threads limited(threads);
      const auto got =
          run([&](const Tensor& x, const Tensor& w,
                  const Tensor& b) { return kernel::activated_conv(x, c.slope, w, b); },
              operands, back);
      for (size_t i = 0; i < want.size(); ++i)
        expect_sums_near(got[i], want[i], terms[i]);
    }
  }
}

// In double precision: (f(x + h) - f(x - h)) / 2h of every operand's every value.
TEST(ActivatedConv, ThePlainTwinsGradientsAreThoseOfDifferences) {
  const std::vector<Tensor> operands = in_double(
      {normal_values({1, 16, 3, 4}, 1), normal_values({2, 16, 3, 3}, 2), normal_values({2}, 3)});
  const Tensor back = normal_values({1, 2, 3, 4}, 4).to(at::kDouble);
  const auto twin = [](const Tensor& x, const Tensor& w, const Tensor& b) {
    return plain(x, 0.3, w, b);
  };
  const auto gradients = run(twin, operands, back);
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
  const Tensor x = normal_values({2, 16, 6, 5}, 1), weight = normal_values({1, 16, 3, 3}, 2);
  const auto exact = in_double({x, weight});
  expect_sums_near(kernel::activated_conv(x, 0.0, weight, {}), plain(exact[0], 0.0, exact[1], {}),
                   plain(at::relu(exact[0]), 1, exact[1].abs(), {}));
  const Tensor strided = weight.contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_TRUE(at::equal(kernel::activated_conv(x, 0.0, strided, {}),
                        kernel::activated_conv(x, 0.0, weight, {})));
}

TEST(ActivatedConv, LeavesOtherSizesToLibTorch) {
  const Tensor x = normal_values({1, 16, 4, 4}, 1);
  EXPECT_FALSE(kernel::is_narrow(normal_values({1, 20, 4, 4}, 1), normal_values({1, 20, 3, 3}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x, normal_values({8, 16, 3, 3}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x, normal_values({1, 16, 2, 2}, 2)));
  EXPECT_FALSE(kernel::is_narrow(x.to(at::kBFloat16), normal_values({1, 16, 3, 3}, 2)));
}

TEST(ActivatedConv, HasTheSameBitsEachTime) {
  const Tensor x = normal_values({7, 16, 9, 9}, 1), weight = normal_values({3, 16, 3, 3}, 2);
  const Tensor back = normal_values({7, 3, 9, 9}, 4);
  const auto conv = [](const Tensor& a, const Tensor& w, const Tensor& b) {
    return kernel::activated_conv(a, 0.3, w, b);
  };
  const auto first = run(conv, {x, weight, normal_values({3}, 3)}, back);
  const auto second = run(conv, {x, weight, normal_values({3}, 3)}, back);
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(at::equal(first[i], second[i]));
}

struct StridedCase {
  bool is_up;
  int64_t images, in, out, height, width, size, stride;
  int64_t extra;  // rows and columns of a transposed convolution's output that no other size gives
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
    return {normal_values({c.images, c.in, c.height, c.width}, 1)
                .contiguous(at::MemoryFormat::ChannelsLast),
            normal_values({c.is_up ? c.in : c.out, c.is_up ? c.out : c.in, c.size, c.size}, 2),
            normal_values({c.out}, 3)};
  }

  // Of the output.
  Tensor gradient() const {
    const auto all = operands();
    return normal_values(libtorch(all[0], all[1], all[2]).sizes().vec(), 4);
  }

  // LibTorch's output and gradients in double precision.
  std::vector<Tensor> wanted(const std::vector<Tensor>& all, const Tensor& back) const {
    return run([&](auto&... each) { return libtorch(each...); }, in_double(all),
               back.to(at::kDouble));
  }

  std::vector<Tensor> terms(const std::vector<Tensor>& all, const Tensor& back) const {
    return absolute_terms([&](auto&... each) { return without_activation(each...); },
                          GetParam().slope, in_double(all), back.to(at::kDouble));
  }
};

TEST_P(StridedConvTest, GivesTheOutputAndGradientsOfLibTorch) {
  const Tensor back = gradient();
  const auto want = wanted(operands(), back), sizes = terms(operands(), back);
  for (const int threads : {1, 3}) {
    const Threads limited(threads);
    const auto got = run([&](auto&... each) { return ours(each...); }, operands(), back);
    for (size_t i = 0; i < want.size(); ++i) {
      SCOPED_TRACE(testing::Message() << threads << " threads, " << i);
      expect_sums_near(got[i], want[i], sizes[i]);
    }
  }
}

TEST_P(StridedConvTest, HasTheSameBitsEachTimeAndForEveryLayout) {
  const Threads limited(2);
  const auto conv = [&](auto&... each) { return ours(each...); };
  auto other = operands();
  const Tensor back = normal_values(conv(other[0], other[1], other[2]).sizes().vec(), 4);
  const auto first = run(conv, operands(), back);
  other[0] = other[0].contiguous();
  other[1] = other[1].contiguous(at::MemoryFormat::ChannelsLast);
  const auto second = run(conv, other, back);
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

TEST(KernelsAllowed, AreWhatTheVariableSays) {
  using kernel::Allowed, kernel::parse_allowed;
  EXPECT_EQ(parse_allowed(nullptr), Allowed::kAll);
  EXPECT_EQ(parse_allowed(""), Allowed::kAll);
  EXPECT_EQ(parse_allowed("narrow"), Allowed::kNarrow);
  EXPECT_EQ(parse_allowed("off"), Allowed::kNothing);
  for (const std::string wrong : {"Off", "wide", "1", "narrow "}) {
    expect_error([&] { parse_allowed(wrong.c_str()); },
                 "LATENT_KERNELS=" + wrong + ": expected narrow or off, or no such variable");
  }
}

TEST(KernelsAllowed, DecideOnTheWideTiles) {
  if (kernel::allowed() != kernel::Allowed::kAll) EXPECT_FALSE(kernel::has_wide_registers());
}

TEST(KernelThreads, LetFailuresThrough) {
  EXPECT_THROW(kernel::on_threads(8, [](int, int64_t, int64_t) { throw std::bad_alloc(); }),
               std::bad_alloc);
}

TEST(StridedConv, LeavesOtherOperandsToLibTorch) {
  const kernel::Extent output{.height = 4, .width = 4};
  const Tensor x = normal_values({1, 16, 8, 8}, 1), weight = normal_values({32, 16, 3, 3}, 2);
  EXPECT_EQ(kernel::prefers_strided(x, weight, output), kernel::has_wide_registers());
  EXPECT_FALSE(kernel::prefers_strided(x.to(at::kBFloat16), weight, output));
  EXPECT_FALSE(kernel::prefers_strided(x, weight.to(at::kDouble), output));
  EXPECT_FALSE(kernel::prefers_strided(normal_values({1, 24, 8, 8}, 1),
                                       normal_values({32, 24, 3, 3}, 2), output));
  EXPECT_FALSE(kernel::prefers_strided(x, normal_values({20, 16, 3, 3}, 2), output));
  EXPECT_FALSE(kernel::prefers_strided(x, weight, {.height = 1 << 13, .width = 1 << 13}));
  EXPECT_FALSE(kernel::prefers_strided(at::empty({1, 16, 512, 512}), at::empty({16, 16, 3, 3}),
                                       {.height = 512, .width = 512}));  // too many connections
}

}  // namespace
}  // namespace latent
