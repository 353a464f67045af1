// Compares our operations on a GPU with LibTorch's in double precision on the CPU; skipped with a
// message if there is none.
#include "kernel/cuda_kernels.h"

#include <ATen/autocast_mode.h>

#include "core/device/device.h"
#include "core/log.h"
#include "train/arithmetic.h"
#include "unit/convolving.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

constexpr at::ScalarType kTypes[] = {at::kFloat, at::kBFloat16};

class CudaKernelsTest : public testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kQuiet);
    const std::string why = error_of([&] { device_ = parse_device("cuda"); });
    if (!why.empty()) GTEST_SKIP() << "NOT TESTED ON A GPU: " << why;
    const Tensor x = at::zeros({1, 8, 1, 1}, at::TensorOptions(device_));
    if (!kernel::can_add_bias(x, 8, at::zeros({8}, x.options())))
      GTEST_SKIP() << "NOT TESTED: this build has no CUDA kernels";
  }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  // Returns values that the type can represent.
  static Tensor drawn(c10::IntArrayRef sizes, uint64_t seed, at::ScalarType type = at::kFloat) {
    const Tensor values = normal(sizes, seed).to(type).to(at::kFloat);
    return values.dim() == 4 ? values.contiguous(at::MemoryFormat::ChannelsLast) : values;
  }

  Tensor on_gpu(const Tensor& x, at::ScalarType type) const { return x.to(device_).to(type); }

  // Results of the type are rounded to it, and so are activated inputs.
  static void expect_near(const Tensor& got, const Tensor& want, const Tensor& terms,
                          at::ScalarType type) {
    const double rounding = type == at::kBFloat16 ? 1.0 / 256 : 16 * kRounding;
    expect_tensor_near(got.to(at::kCPU, at::kDouble), want, rounding * terms);
  }

  c10::Device device_{c10::kCPU};
};

Tensor reference_bias(const Tensor& x, const Tensor& bias, double slope) {
  const Tensor sum = x + (x.dim() == 4 ? bias.view({1, -1, 1, 1}) : bias);
  return slope == 1 ? sum : at::where(sum > 0, sum, slope * sum);
}

TEST_F(CudaKernelsTest, AddsABiasAndActivates) {
  const std::vector<std::vector<int64_t>> shapes{
      {3, 32, 5, 7}, {100, 8, 16, 16}, {2, 96, 3, 3}, {1, 2048, 1, 2}, {33, 512}};
  for (const auto& shape : shapes) {
    for (const double slope : {0.0, 0.3, 1.0}) {
      for (const auto type : kTypes) {
        SCOPED_TRACE(testing::Message() << shape[0] << "x" << shape[1] << ", slope " << slope
                                        << ", " << c10::toString(type));
        const Tensor x = drawn(shape, 1, type), bias = drawn({shape[1]}, 2),
                     back = drawn(shape, 3, type);
        Tensor gpu_x = on_gpu(x, type).requires_grad_(),
               gpu_bias = bias.to(device_).requires_grad_();
        const Tensor y = kernel::add_bias(gpu_x, gpu_bias, slope);
        const auto gradients = torch::autograd::grad({y}, {gpu_x, gpu_bias}, {on_gpu(back, type)});
        Tensor exact_x = x.to(at::kDouble).requires_grad_(),
               exact_bias = bias.to(at::kDouble).requires_grad_();
        const Tensor want = reference_bias(exact_x, exact_bias, slope);
        const auto exact =
            torch::autograd::grad({want}, {exact_x, exact_bias}, {back.to(at::kDouble)});
        expect_near(y.detach(), want.detach(), want.detach().abs() + 1, type);
        expect_near(gradients[0], exact[0], back.abs(), type);
        std::vector<int64_t> others{0, 2, 3};
        if (x.dim() == 2) others = {0};
        // Each value is rounded before the sum is taken.
        expect_near(gradients[1], exact[1], back.abs().sum(others), type);
      }
    }
  }
}

struct NarrowShape {
  int64_t images, channels, outputs, height, width;
  double slope;
};

TEST_F(CudaKernelsTest, ComputesConvolutionsToFewChannels) {
  for (const NarrowShape& c :
       {NarrowShape{2, 32, 1, 32, 32, 0}, NarrowShape{3, 16, 3, 5, 7, 0.3},
        NarrowShape{1, 256, 3, 33, 40, 0}, NarrowShape{2, 48, 1, 1, 70, 1},
        NarrowShape{5, 128, 3, 17, 9, 0.01}, NarrowShape{301, 32, 1, 28, 28, 0}}) {
    for (const auto type : kTypes) {
      SCOPED_TRACE(testing::Message() << c.channels << " to " << c.outputs << ", " << c.height
                                      << "x" << c.width << ", " << c10::toString(type));
      const std::vector<Tensor> operands{drawn({c.images, c.channels, c.height, c.width}, 1, type),
                                         drawn({c.outputs, c.channels, 3, 3}, 2),
                                         drawn({c.outputs}, 3)};
      const Tensor back = drawn({c.images, c.outputs, c.height, c.width}, 4);
      const auto reference = [&](const Tensor& x, const Tensor& w, const Tensor& b) {
        return at::conv2d(
            reference_bias(x, at::zeros_like(x.select(0, 0).select(1, 0).select(1, 0)), c.slope), w,
            b, 1, 1);
      };
      const auto without = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return at::conv2d(x, w, b, 1, 1);
      };
      const auto exact = exact_operands(operands);
      const auto want = output_and_gradients(reference, exact, back.to(at::kDouble));
      const auto terms = absolute_terms(without, c.slope, exact, back.to(at::kDouble));
      const std::vector<Tensor> there{on_gpu(operands[0], type), operands[1].to(device_),
                                      operands[2].to(device_)};
      ASSERT_TRUE(kernel::is_narrow_on_gpu(there[0], there[1]));
      const auto run = [&] {
        return output_and_gradients(
            [&](const Tensor& x, const Tensor& w, const Tensor& b) {
              return kernel::narrow_conv(x, c.slope, w, b);
            },
            there, back.to(device_));
      };
      const auto got = run(), again = run();
      for (size_t i = 0; i < want.size(); ++i) {
        SCOPED_TRACE(i);
        expect_near(got[i], want[i], terms[i], type);
        EXPECT_TRUE(at::equal(got[i], again[i]));
      }
    }
  }
}

struct ImageShapeCase {
  int64_t images, inputs, channels, height, width, stride;
  double slope;
};

TEST_F(CudaKernelsTest, ComputesConvolutionsOfImages) {
  for (const ImageShapeCase& c :
       {ImageShapeCase{2, 1, 32, 32, 32, 2, 0}, ImageShapeCase{3, 3, 128, 9, 7, 2, 0.3},
        ImageShapeCase{1, 3, 4, 1, 5, 1, 1}, ImageShapeCase{301, 1, 32, 28, 28, 2, 0},
        ImageShapeCase{2, 3, 1024, 8, 8, 3, 0}}) {
    for (const auto type : kTypes) {
      SCOPED_TRACE(testing::Message() << c.inputs << " to " << c.channels << ", stride " << c.stride
                                      << ", " << c10::toString(type));
      const Tensor x = drawn({c.images, c.inputs, c.height, c.width}, 1);
      Tensor weight = drawn({c.channels, c.inputs, 3, 3}, 2), bias = drawn({c.channels}, 3);
      const auto run = [&](const Tensor& images, Tensor w, Tensor b, const auto& conv) {
        w = w.detach().requires_grad_();
        b = b.detach().requires_grad_();
        const Tensor y = conv(images, w, b);
        const Tensor back = drawn(y.sizes(), 4, type).to(y.options());
        auto all = torch::autograd::grad({y}, {w, b}, {back});
        all.insert(all.begin(), y.detach());
        return all;
      };
      const auto want = run(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble),
                            [&](const Tensor& images, const Tensor& w, const Tensor& b) {
                              const Tensor y = at::conv2d(images, w, b, c.stride, 1);
                              return c.slope == 1 ? y : at::where(y > 0, y, c.slope * y);
                            });
      const auto terms =
          run(x.to(at::kDouble).abs(), weight.to(at::kDouble).abs(), bias.to(at::kDouble).abs(),
              [&](const Tensor& images, const Tensor& w, const Tensor& b) {
                const Tensor y = at::conv2d(images, w, b, c.stride, 1);
                return y.mul(drawn(y.sizes(), 4, type).sign());  // adds absolute gradients
              });
      ASSERT_TRUE(kernel::is_image_conv(x.to(device_), weight.to(device_)));
      const Autocast autocast(device_, type == at::kBFloat16 ? "bf16" : "fp32");
      const auto got = run(x.to(device_), weight.to(device_), bias.to(device_),
                           [&](const Tensor& images, const Tensor& w, const Tensor& b) {
                             return kernel::image_conv(images, w, b, c.stride, c.slope);
                           });
      EXPECT_EQ(got[0].scalar_type(), type);
      for (size_t i = 0; i < want.size(); ++i) {
        SCOPED_TRACE(i);
        expect_near(got[i], want[i], terms[i].abs(), type);
      }
    }
  }
}

TEST_F(CudaKernelsTest, KeepNaN) {
  const auto options = at::TensorOptions(device_);
  const Tensor x = at::full({1, 16, 1, 1}, std::nan(""), options), bias = at::zeros({16}, options);
  EXPECT_TRUE(kernel::add_bias(x, bias, 0).isnan().all().item<bool>());
  EXPECT_TRUE(kernel::narrow_conv(x, 0, at::ones({1, 16, 3, 3}, options), {}).isnan().item<bool>());
}

}  // namespace
}  // namespace latent
