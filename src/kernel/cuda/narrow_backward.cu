#include <algorithm>

#include "kernel/cuda/block_sums.cuh"
#include "kernel/cuda/launch.h"
#include "kernel/cuda/narrow_conv.cuh"
#include "kernel/cuda/vectors.cuh"

namespace latent::kernel::cuda {
namespace {

// Backward: a thread keeps 4 channels, and for one pixel after another adds to the gradients of
// their weights and computes those of the input, both from the same 9 gradients of the output.
constexpr int kVector = 4, kThreads = 256, kAhead = 2;
constexpr int kHeight = 16, kPixels = kHeight * kTileWidth;
constexpr int kGradientHeight = kHeight + 2, kGradientPixels = kGradientHeight * kHaloWidth;

template <int kOutputs>
__device__ void load_gradients(const float* __restrict__ gradient, const NarrowConv& of, int image,
                               int top, int left, float (&tile)[kOutputs][kGradientPixels]) {
  for (int pixel = threadIdx.x; pixel < kGradientPixels; pixel += blockDim.x) {
    const int y = top + pixel / kHaloWidth - 1, x = left + pixel % kHaloWidth - 1;
    const bool inside = y >= 0 && y < of.height && x >= 0 && x < of.width;
    const int64_t at = (static_cast<int64_t>(image) * of.height + y) * of.width + x;
#pragma unroll
    for (int o = 0; o < kOutputs; ++o)
      tile[o][pixel] = inside ? gradient[at * kOutputs + o] : 0;
  }
}

// Inputs of one thread on their way from memory.
template <class T>
struct Fetched {
  typename Packed<T>::Four values[kAhead];
  int place[kAhead];  // from the tile's first pixel; -1: outside
};

// Begins to read the pixels first, first + lanes, ... of a tile.
template <class T>
__device__ void fetch(const T* __restrict__ tile, const NarrowConv& of, int top, int left,
                      int first, int lanes, Fetched<T>& fetched) {
#pragma unroll
  for (int i = 0; i < kAhead; ++i) {
    const int pixel = first + i * lanes;
    const int row = pixel / kTileWidth, column = pixel % kTileWidth;
    const bool inside = pixel < kPixels && top + row < of.height && left + column < of.width;
    fetched.place[i] = inside ? (row * of.width + column) * of.channels : -1;
    if (inside)
      fetched.values[i] =
          *reinterpret_cast<const typename Packed<T>::Four*>(tile + fetched.place[i]);
  }
}

// Weights of one thread: in registers if there are few, else read from shared memory each time.
template <int kOutputs>
struct Weights {
  const float* shared;
  int channels;
  __device__ void get(int o, int tap, float (&w)[kVector]) const {
    load(shared + (o * kTaps + tap) * channels, w);
  }
};

template <>
struct Weights<1> {
  float kept[kTaps][kVector];
  __device__ Weights(const float* from, int channels) {
#pragma unroll
    for (int tap = 0; tap < kTaps; ++tap)
      load(from + tap * channels, kept[tap]);
  }
  __device__ void get(int, int tap, float (&w)[kVector]) const {
#pragma unroll
    for (int c = 0; c < kVector; ++c)
      w[c] = kept[tap][c];
  }
};

// Adds one pixel's part to the gradients of the weights, and computes its gradient.  `corner` is
// the place in the tile of the output at (row + 1, column + 1); the one at (row + 1 - ky, column +
// 1 - kx) reads the pixel through the tap (ky, kx).
template <int kOutputs>
__device__ __forceinline__ void add_pixel(const float (&x)[kVector], float slope,
                                          const float (&tile)[kOutputs][kGradientPixels],
                                          int corner, const Weights<kOutputs>& kept,
                                          float (&sums)[kOutputs][kTaps][kVector],
                                          float (&result)[kVector]) {
  float activated[kVector];
#pragma unroll
  for (int c = 0; c < kVector; ++c)
    activated[c] = slope == 1 ? x[c] : activate(x[c], slope);
#pragma unroll
  for (int o = 0; o < kOutputs; ++o) {
#pragma unroll
    for (int tap = 0; tap < kTaps; ++tap) {
      const float g = tile[o][corner - tap / 3 * kHaloWidth - tap % 3];
      float w[kVector];
      kept.get(o, tap, w);
#pragma unroll
      for (int c = 0; c < kVector; ++c) {
        sums[o][tap][c] += activated[c] * g;
        result[c] += w[c] * g;
      }
    }
  }
#pragma unroll
  for (int c = 0; c < kVector; ++c)
    result[c] = activation_gradient(x[c], result[c], slope);
}

// Writes one block's sums to its row of partial: [kOutputs, 9, channels] of the weights, then
// [kOutputs] of the biases.
template <int kOutputs>
__device__ __forceinline__ void write_sums(const float (&sums)[kOutputs][kTaps][kVector],
                                           const float (&bias)[kOutputs], int channels,
                                           float* scratch, float* partial) {
  float* row = partial + static_cast<int64_t>(blockIdx.x) * kOutputs * (kTaps * channels + 1);
#pragma unroll
  for (int o = 0; o < kOutputs; ++o) {
#pragma unroll
    for (int tap = 0; tap < kTaps; ++tap) {
      float* to = row + (o * kTaps + tap) * channels;
      add_by_channel(sums[o][tap], channels / kVector, scratch,
                     [to](int channel, float sum) { to[channel] = sum; });
    }
    const float sum = add_all(bias[o], scratch);
    if (threadIdx.x == 0) row[kOutputs * kTaps * channels + o] = sum;
  }
}

template <class T, int kOutputs>
__global__ void __launch_bounds__(kThreads, kOutputs == 1 ? 2 : 1)
    narrow_backward(const T* __restrict__ input, const float* __restrict__ weight,
                    const float* __restrict__ gradient, T* __restrict__ input_gradient,
                    float* __restrict__ partial, NarrowConv of, int tile_count) {
  extern __shared__ __align__(16) float weights[];  // [kOutputs, 9, channels]
  __shared__ float tile[kOutputs][kGradientPixels];
  __shared__ __align__(16) float scratch[kThreads * kVector];
  for (int i = threadIdx.x; i < kOutputs * kTaps * of.channels; i += blockDim.x)
    weights[i] = weight[i];
  __syncthreads();
  const int vectors = of.channels / kVector, vector = threadIdx.x % vectors;
  const int lane = threadIdx.x / vectors, lanes = blockDim.x / vectors;
  const Weights<kOutputs> kept{weights + vector * kVector, of.channels};
  float sums[kOutputs][kTaps][kVector] = {}, bias[kOutputs] = {};
  const int across = (of.width + kTileWidth - 1) / kTileWidth;
  const int down = (of.height + kHeight - 1) / kHeight;
  for (int at = blockIdx.x; at < tile_count; at += gridDim.x) {
    const int image = at / (across * down), within = at % (across * down);
    const int top = within / across * kHeight, left = within % across * kTileWidth;
    __syncthreads();
    load_gradients<kOutputs>(gradient, of, image, top, left, tile);
    __syncthreads();
    for (int pixel = threadIdx.x; pixel < kPixels; pixel += blockDim.x) {
#pragma unroll
      for (int o = 0; o < kOutputs; ++o)
        bias[o] += tile[o][(pixel / kTileWidth + 1) * kHaloWidth + pixel % kTileWidth + 1];
    }
    const int64_t corner_at =
        ((static_cast<int64_t>(image) * of.height + top) * of.width + left) * of.channels +
        vector * kVector;
    Fetched<T> next;
    fetch(input + corner_at, of, top, left, lane, lanes, next);
    for (int first = lane; first < kPixels; first += lanes * kAhead) {
      const Fetched<T> now = next;  // while the next ones are on their way
      fetch(input + corner_at, of, top, left, first + lanes * kAhead, lanes, next);
#pragma unroll
      for (int i = 0; i < kAhead; ++i) {
        if (now.place[i] < 0) continue;
        const int pixel = first + i * lanes;
        const int corner = (pixel / kTileWidth + 2) * kHaloWidth + pixel % kTileWidth + 2;
        float x[kVector], result[kVector] = {};
        widen_packed(now.values[i], x);
        add_pixel(x, of.slope, tile, corner, kept, sums, result);
        store(input_gradient + corner_at + now.place[i], result);
      }
    }
  }
  write_sums(sums, bias, of.channels, scratch, partial);
}

template <class T, int kOutputs>
void backward_as(const NarrowConv& of, const void* input, const float* weight,
                 const float* gradient, void* input_gradient, float* partial,
                 float* weight_gradient, cudaStream_t stream) {
  const int vectors = of.channels / kVector, threads = kThreads / vectors * vectors;
  const int count = of.images * tiles(of.height, kHeight) * tiles(of.width, kTileWidth);
  const int blocks = std::clamp(count, 1, kOutputs == 1 ? kMostBlocks / 2 : kMostBlocks / 4);
  const size_t shared = sizeof(float) * kOutputs * kTaps * of.channels;
  narrow_backward<T, kOutputs>
      <<<blocks, threads, shared, stream>>>(static_cast<const T*>(input), weight, gradient,
                                            static_cast<T*>(input_gradient), partial, of, count);
  add_rows(partial, blocks, kOutputs * (kTaps * of.channels + 1), weight_gradient, stream);
}

}  // namespace

void backward(const NarrowConv& of, const void* input, const float* weight, const float* gradient,
              void* input_gradient, float* partial, float* weight_gradient, cudaStream_t stream) {
  const bool narrow_rows = of.type == Type::kBFloat16, one = of.outputs == 1;
  const auto run = narrow_rows
                       ? (one ? backward_as<__nv_bfloat16, 1> : backward_as<__nv_bfloat16, 3>)
                       : (one ? backward_as<float, 1> : backward_as<float, 3>);
  run(of, input, weight, gradient, input_gradient, partial, weight_gradient, stream);
}

}  // namespace latent::kernel::cuda
