#include <algorithm>

#include "kernel/cuda/block_sums.cuh"
#include "kernel/cuda/launch.h"
#include "kernel/cuda/vectors.cuh"

namespace latent::kernel::cuda {
namespace {

constexpr int kTaps = 9, kThreads = 256;

// A thread keeps kVector channels of the output and goes from one pixel to the next.
struct Walk {
  int vectors, vector;
  int64_t first, stride, end;  // pixels of the output
};

template <int kVector>
__device__ Walk walk(const ImageConv& of) {
  const int vectors = of.channels / kVector, lanes = blockDim.x / vectors;
  return {.vectors = vectors,
          .vector = static_cast<int>(threadIdx.x) % vectors,
          .first = static_cast<int64_t>(blockIdx.x) * lanes + threadIdx.x / vectors,
          .stride = static_cast<int64_t>(gridDim.x) * lanes,
          .end = static_cast<int64_t>(of.images) * of.output_height * of.output_width};
}

// Reads the 3x3 patch of the images that an output pixel is computed from, zeros beyond the border.
template <int kInputs>
__device__ void load_patch(const float* __restrict__ input, const ImageConv& of, int64_t pixel,
                           float (&patch)[kTaps * kInputs]) {
  const unsigned within = static_cast<unsigned>(pixel % (of.output_height * of.output_width));
  const int64_t image = pixel / (of.output_height * of.output_width);
  const int top = static_cast<int>(within / of.output_width) * of.stride - 1;
  const int left = static_cast<int>(within % of.output_width) * of.stride - 1;
#pragma unroll
  for (int tap = 0; tap < kTaps; ++tap) {
    const int y = top + tap / 3, x = left + tap % 3;
    const bool inside = y >= 0 && y < of.height && x >= 0 && x < of.width;
    const float* from = input + ((image * of.height + y) * of.width + x) * kInputs;
#pragma unroll
    for (int i = 0; i < kInputs; ++i)
      patch[tap * kInputs + i] = inside ? from[i] : 0;
  }
}

template <class T, int kInputs, int kVector>
__global__ void __launch_bounds__(kThreads)
    image_forward(const float* __restrict__ input, const float* __restrict__ weight,
                  const float* __restrict__ bias, T* __restrict__ output, ImageConv of) {
  const Walk way = walk<kVector>(of);
  float kept[kTaps * kInputs][kVector], added[kVector];
#pragma unroll
  for (int c = 0; c < kVector; ++c) {
#pragma unroll
    for (int i = 0; i < kTaps * kInputs; ++i)
      kept[i][c] = weight[(way.vector * kVector + c) * kTaps * kInputs + i];
    added[c] = bias[way.vector * kVector + c];
  }
  for (int64_t pixel = way.first; pixel < way.end; pixel += way.stride) {
    float patch[kTaps * kInputs], values[kVector];
    load_patch<kInputs>(input, of, pixel, patch);
#pragma unroll
    for (int c = 0; c < kVector; ++c)
      values[c] = added[c];
#pragma unroll
    for (int i = 0; i < kTaps * kInputs; ++i) {
#pragma unroll
      for (int c = 0; c < kVector; ++c)
        values[c] += patch[i] * kept[i][c];
    }
#pragma unroll
    for (int c = 0; c < kVector; ++c)
      values[c] = of.slope == 1 ? values[c] : activate(values[c], of.slope);
    store(output + (pixel * way.vectors + way.vector) * kVector, values);
  }
}

template <class T, int kInputs, int kVector>
__global__ void __launch_bounds__(kThreads)
    image_backward(const float* __restrict__ input, const T* __restrict__ output,
                   const T* __restrict__ gradient, float* __restrict__ partial, ImageConv of) {
  __shared__ __align__(16) float scratch[kThreads * kVector];
  const Walk way = walk<kVector>(of);
  float sums[kTaps * kInputs][kVector] = {}, bias[kVector] = {};
  for (int64_t pixel = way.first; pixel < way.end; pixel += way.stride) {
    const int64_t at = (pixel * way.vectors + way.vector) * kVector;
    float patch[kTaps * kInputs], values[kVector];
    load(gradient + at, values);
    if (of.slope != 1) {
      float activated[kVector];
      load(output + at, activated);
#pragma unroll
      for (int c = 0; c < kVector; ++c)
        values[c] = activation_gradient(activated[c], values[c], of.slope);
    }
    load_patch<kInputs>(input, of, pixel, patch);
#pragma unroll
    for (int c = 0; c < kVector; ++c) {
      bias[c] += values[c];
#pragma unroll
      for (int i = 0; i < kTaps * kInputs; ++i)
        sums[i][c] += patch[i] * values[c];
    }
  }
  float* row = partial + static_cast<int64_t>(blockIdx.x) * of.channels * (kTaps * kInputs + 1);
#pragma unroll
  for (int i = 0; i < kTaps * kInputs; ++i) {
    add_by_channel(sums[i], way.vectors, scratch,
                   [row, i](int channel, float sum) { row[channel * kTaps * kInputs + i] = sum; });
  }
  float* biases = row + of.channels * kTaps * kInputs;
  add_by_channel(bias, way.vectors, scratch,
                 [biases](int channel, float sum) { biases[channel] = sum; });
}

struct Launch {
  int blocks, threads;
};

Launch launch(const ImageConv& of, int vector, int most_blocks) {
  const int vectors = of.channels / vector, lanes = kThreads / vectors;
  const int64_t pixels = static_cast<int64_t>(of.images) * of.output_height * of.output_width;
  const int64_t needed = (pixels + lanes - 1) / lanes;
  return {.blocks = static_cast<int>(std::clamp<int64_t>(needed, 1, most_blocks)),
          .threads = lanes * vectors};
}

template <class T, int kInputs, int kVector>
struct Run {
  static void forward(const ImageConv& of, const float* input, const float* weight,
                      const float* bias, void* output, cudaStream_t stream) {
    const Launch grid = launch(of, kVector, 2 * kMostBlocks);
    image_forward<T, kInputs, kVector><<<grid.blocks, grid.threads, 0, stream>>>(
        input, weight, bias, static_cast<T*>(output), of);
  }
  static void backward(const ImageConv& of, const float* input, const void* output,
                       const void* gradient, float* partial, float* weight_gradient,
                       cudaStream_t stream) {
    const Launch grid = launch(of, kVector, kMostBlocks);
    image_backward<T, kInputs, kVector><<<grid.blocks, grid.threads, 0, stream>>>(
        input, static_cast<const T*>(output), static_cast<const T*>(gradient), partial, of);
    add_rows(partial, grid.blocks, of.channels * (kTaps * kInputs + 1), weight_gradient, stream);
  }
};

// Calls `call` with the Run for these sizes: longer vectors where the registers hold their weights.
template <class T, class Call>
void choose(const ImageConv& of, Call call) {
  if (of.inputs == 3) {
    call(Run<T, 3, 4>());
  } else if (of.channels % 8 == 0) {
    call(Run<T, 1, 8>());
  } else {
    call(Run<T, 1, 4>());
  }
}

template <class Call>
void choose_type(const ImageConv& of, Call call) {
  if (of.type == Type::kBFloat16) {
    choose<__nv_bfloat16>(of, call);
  } else {
    choose<float>(of, call);
  }
}

}  // namespace

void forward(const ImageConv& of, const float* input, const float* weight, const float* bias,
             void* output, cudaStream_t stream) {
  choose_type(of, [&](auto run) { run.forward(of, input, weight, bias, output, stream); });
}

void backward(const ImageConv& of, const float* input, const void* output, const void* gradient,
              float* partial, float* weight_gradient, cudaStream_t stream) {
  choose_type(of, [&](auto run) {
    run.backward(of, input, output, gradient, partial, weight_gradient, stream);
  });
}

}  // namespace latent::kernel::cuda
