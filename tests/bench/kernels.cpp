// Benchmarks of the kernels against LibTorch's operations: build/release/latent_benchmarks
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/device/device.h"
#include "core/random.h"
#include "kernel/activated_conv.h"
#include "kernel/activated_strided_conv.h"

namespace latent {
namespace {

constexpr auto kLayout = at::MemoryFormat::ChannelsLast;
constexpr int64_t kImages = 100;

Tensor random_values(c10::IntArrayRef sizes) {
  auto noise = generator(0, Stream::kSample);
  return at::empty(sizes).normal_(0, 1, noise);
}

// Measures the forward and backward pass of an operation on x, weight and bias.
template <typename Operation>
void forward_and_back(benchmark::State& state, const Operation& operation, Tensor x, Tensor weight,
                      Tensor bias) {
  for (Tensor* operand : {&x, &weight, &bias})
    *operand = operand->contiguous(operand->dim() == 4 ? kLayout : at::MemoryFormat::Contiguous)
                   .requires_grad_(true);
  auto noise = generator(1, Stream::kSample);
  const Tensor back = at::empty_like(operation(x, weight, bias)).normal_(0, 1, noise);
  for (auto _ : state) {
    const Tensor output = operation(x, weight, bias);
    benchmark::DoNotOptimize(torch::autograd::grad({output}, {x, weight, bias}, {back}));
  }
}

// The last convolution of the book's VAE (32 -> 1) and of its faces (128 -> 3), at 32x32.
template <bool ours>
void last_layer(benchmark::State& state) {
  const int64_t channels = state.range(0), outputs = state.range(1);
  forward_and_back(
      state,
      [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
        return ours ? kernel::activated_conv(x, 0.0, weight, bias)
                    : at::conv2d(at::relu(x), weight, bias, 1, 1);
      },
      random_values({kImages, channels, 32, 32}), random_values({outputs, channels, 3, 3}),
      random_values({outputs}));
}

// A convolution of a map of some size to one that is `stride` times smaller.
template <bool ours>
void down(benchmark::State& state) {
  const int64_t in = state.range(0), out = state.range(1), size = state.range(2),
                stride = state.range(3);
  forward_and_back(
      state,
      [=](const Tensor& x, const Tensor& weight, const Tensor& bias) {
        const kernel::Extent extent{.height = size / stride, .width = size / stride};
        return ours ? kernel::activated_strided_conv(x, 0.0, weight, bias, stride, extent)
                    : at::conv2d(at::relu(x), weight, bias, stride, 1);
      },
      random_values({kImages, in, size, size}), random_values({out, in, 3, 3}),
      random_values({out}));
}

// A transposed convolution to a map that is `stride` times larger.
template <bool ours>
void up(benchmark::State& state) {
  const int64_t in = state.range(0), out = state.range(1), size = state.range(2),
                stride = state.range(3);
  forward_and_back(
      state,
      [=](const Tensor& x, const Tensor& weight, const Tensor& bias) {
        const kernel::Extent extent{.height = size * stride, .width = size * stride};
        return ours ? kernel::activated_transposed_conv(x, 0.0, weight, bias, stride, extent)
                    : at::conv_transpose2d(at::relu(x), weight, bias, stride, 1, stride - 1);
      },
      random_values({kImages, in, size, size}), random_values({in, out, 3, 3}),
      random_values({out}));
}

const int configured = [] {
  tune_malloc();
  use_threads(0);
  return 0;
}();

void compare(const char* name, void (*ours)(benchmark::State&), void (*theirs)(benchmark::State&),
             const std::vector<std::vector<int64_t>>& sizes) {
  for (const auto& size : sizes) {
    for (const auto& [who, run] : {std::pair("latent", ours), std::pair("LibTorch", theirs)}) {
      benchmark::RegisterBenchmark((std::string(name) + "/" + who).c_str(), run)
          ->Args(size)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

// Channels in and out, size, stride: those of the book's VAE, then of its faces, then others.
const int registered = [] {
  compare("ReLU + last convolution", last_layer<true>, last_layer<false>, {{32, 1}, {128, 3}});
  compare("ReLU + convolution", down<true>, down<false>,
          {{32, 64, 16, 2},
           {64, 128, 8, 2},
           {128, 128, 16, 2},
           {64, 64, 16, 1},
           {16, 16, 32, 1},
           {128, 256, 8, 1}});
  compare("ReLU + transposed convolution", up<true>, up<false>,
          {{128, 128, 4, 2},
           {128, 64, 8, 2},
           {64, 32, 16, 2},
           {128, 128, 16, 2},
           {64, 64, 16, 1},
           {16, 16, 32, 1},
           {256, 128, 8, 1}});
  return 0;
}();

}  // namespace
}  // namespace latent
