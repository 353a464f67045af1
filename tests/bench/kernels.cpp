// The hot operations alone, ours beside LibTorch's: build/release/latent_benchmarks
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/device.h"
#include "kernel/activated_conv.h"

namespace latent {
namespace {

// The last convolution of the book's VAE (32 -> 1) and of its faces (128 -> 3), at 32x32.
struct Layer {
  Tensor x, weight, bias, back;
};

Layer last_layer(const benchmark::State& state) {
  const int64_t channels = state.range(0), outputs = state.range(1), images = 100;
  return {at::randn({images, channels, 32, 32})
              .contiguous(at::MemoryFormat::ChannelsLast)
              .requires_grad_(true),
          at::randn({outputs, channels, 3, 3}).requires_grad_(true),
          at::randn({outputs}).requires_grad_(true),
          at::randn({images, outputs, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast)};
}

template <typename Conv>
void forward_and_back(benchmark::State& state, const Conv& conv) {
  const Layer layer = last_layer(state);
  for (auto _ : state) {
    const Tensor output = conv(layer.x, layer.weight, layer.bias);
    benchmark::DoNotOptimize(
        torch::autograd::grad({output}, {layer.x, layer.weight, layer.bias}, {layer.back}));
  }
}

void ours(benchmark::State& state) {
  forward_and_back(state, [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return kernel::activated_conv(x, 0.0, weight, bias);
  });
}

void libtorch(benchmark::State& state) {
  forward_and_back(state, [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return at::conv2d(at::relu(x), weight, bias, 1, 1);
  });
}

const int configured = [] {
  keep_memory();
  use_threads(0);
  return 0;
}();

BENCHMARK(ours)
    ->Name("ReLU + last convolution/latent")
    ->Args({32, 1})
    ->Args({128, 3})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(libtorch)
    ->Name("ReLU + last convolution/LibTorch")
    ->Args({32, 1})
    ->Args({128, 3})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent
