#include <algorithm>

#include "kernel/cuda/launch.h"
#include "kernel/cuda/vectors.cuh"

namespace latent::kernel::cuda {
namespace {

constexpr int kThreads = 256, kVector = 8;

// How a block's threads lie over rows and channels: each keeps its channels.
struct Layout {
  int vectors;  // of a row
  int rows;     // that a block takes at once
  int blocks;
};

Layout layout(const BiasActivation& of, int most_blocks) {
  Layout found{.vectors = of.channels / kVector, .rows = 0, .blocks = 0};
  found.rows = kThreads / found.vectors;
  const int64_t needed = (of.rows + found.rows - 1) / found.rows;
  found.blocks = static_cast<int>(std::clamp<int64_t>(needed, 1, most_blocks));
  return found;
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    activate_rows(const T* __restrict__ input, const float* __restrict__ bias,
                  T* __restrict__ output, int64_t rows, int vectors, int rows_at_once,
                  float slope) {
  const int vector = threadIdx.x % vectors;
  float added[kVector];
  load(bias + vector * kVector, added);
  const int64_t stride = static_cast<int64_t>(gridDim.x) * rows_at_once;
#pragma unroll 2
  for (int64_t row = static_cast<int64_t>(blockIdx.x) * rows_at_once + threadIdx.x / vectors;
       row < rows; row += stride) {
    const int64_t at = (row * vectors + vector) * kVector;
    float values[kVector];
    load(input + at, values);
#pragma unroll
    for (int i = 0; i < kVector; ++i)
      values[i] = activate(values[i] + added[i], slope);
    store(output + at, values);
  }
}

template <class T, bool kActivated>
__global__ void __launch_bounds__(kThreads)
    backward_rows(const T* __restrict__ output, const T* __restrict__ gradient,
                  T* __restrict__ input_gradient, float* __restrict__ partial, int64_t rows,
                  int vectors, int rows_at_once, float slope) {
  __shared__ float sums[kThreads * kVector];
  const int vector = threadIdx.x % vectors;
  float sum[kVector] = {};
  const int64_t stride = static_cast<int64_t>(gridDim.x) * rows_at_once;
#pragma unroll 2
  for (int64_t row = static_cast<int64_t>(blockIdx.x) * rows_at_once + threadIdx.x / vectors;
       row < rows; row += stride) {
    const int64_t at = (row * vectors + vector) * kVector;
    float values[kVector];
    load(gradient + at, values);
    if constexpr (kActivated) {
      float activated[kVector];
      load(output + at, activated);
#pragma unroll
      for (int i = 0; i < kVector; ++i)
        values[i] = activation_gradient(activated[i], values[i], slope);
      store(input_gradient + at, values);
    }
#pragma unroll
    for (int i = 0; i < kVector; ++i)
      sum[i] += values[i];
  }
#pragma unroll
  for (int i = 0; i < kVector; ++i)
    sums[threadIdx.x * kVector + i] = sum[i];
  __syncthreads();
  const int channels = vectors * kVector;
  for (int channel = threadIdx.x; channel < channels; channel += blockDim.x) {
    float total = 0;
    for (int row = 0; row < rows_at_once; ++row)
      total += sums[row * channels + channel];
    partial[static_cast<int64_t>(blockIdx.x) * channels + channel] = total;
  }
}

template <class T>
void forward_as(const BiasActivation& of, const void* input, const float* bias, void* output,
                cudaStream_t stream) {
  const Layout grid = layout(of, 4 * kMostBlocks);
  activate_rows<<<grid.blocks, grid.rows * grid.vectors, 0, stream>>>(
      static_cast<const T*>(input), bias, static_cast<T*>(output), of.rows, grid.vectors, grid.rows,
      of.slope);
}

template <class T, bool kActivated>
void backward_as(const BiasActivation& of, const void* output, const void* gradient,
                 void* input_gradient, float* partial, float* bias_gradient, cudaStream_t stream) {
  const Layout grid = layout(of, kMostBlocks);
  backward_rows<T, kActivated><<<grid.blocks, grid.rows * grid.vectors, 0, stream>>>(
      static_cast<const T*>(output), static_cast<const T*>(gradient),
      static_cast<T*>(input_gradient), partial, of.rows, grid.vectors, grid.rows, of.slope);
  add_rows(partial, grid.blocks, of.channels, bias_gradient, stream);
}

}  // namespace

void forward(const BiasActivation& of, const void* input, const float* bias, void* output,
             cudaStream_t stream) {
  const bool narrow_rows = of.type == Type::kBFloat16;
  (narrow_rows ? forward_as<__nv_bfloat16> : forward_as<float>)(of, input, bias, output, stream);
}

void backward(const BiasActivation& of, const void* output, const void* gradient,
              void* input_gradient, float* partial, float* bias_gradient, cudaStream_t stream) {
  const bool narrow_rows = of.type == Type::kBFloat16, activated = of.slope != 1;
  const auto run =
      narrow_rows
          ? (activated ? backward_as<__nv_bfloat16, true> : backward_as<__nv_bfloat16, false>)
          : (activated ? backward_as<float, true> : backward_as<float, false>);
  run(of, output, gradient, input_gradient, partial, bias_gradient, stream);
}

}  // namespace latent::kernel::cuda
