#include "kernel/cuda/launch.h"
#include "kernel/cuda/narrow_conv.cuh"
#include "kernel/cuda/vectors.cuh"

namespace latent::kernel::cuda {
namespace {

// Forward: a block computes a tile of one image, a thread kRows pixels of one column, so that each
// value read from shared memory serves up to three outputs.
constexpr int kRows = 4, kColumnGroups = 4, kForwardThreads = kTileWidth * kColumnGroups;
constexpr int kForwardHeight = kRows * kColumnGroups;
constexpr int kHaloHeight = kForwardHeight + 2;
constexpr int kPixelBytes = 32;   // of one pixel's channels in shared memory at a time
constexpr int kPixelStride = 48;  // and a gap: 8 neighbouring pixels then lie in different banks
constexpr int kAccessBytes = 16;

template <class T>
__device__ void load_tile(const T* __restrict__ input, const NarrowConv& of, int image, int top,
                          int left, int first_channel, char* tile) {
  constexpr int kChannels = kAccessBytes / sizeof(T);
  for (int i = threadIdx.x; i < kHaloHeight * kHaloWidth * 2; i += kForwardThreads) {
    const int pixel = i / 2, half = i % 2;
    const int y = top + pixel / kHaloWidth - 1, x = left + pixel % kHaloWidth - 1;
    float values[kChannels] = {};
    if (y >= 0 && y < of.height && x >= 0 && x < of.width) {
      const int64_t at = (static_cast<int64_t>(image) * of.height + y) * of.width + x;
      load(input + at * of.channels + first_channel + half * kChannels, values);
      if (of.slope != 1) {
#pragma unroll
        for (int c = 0; c < kChannels; ++c)
          values[c] = activate(values[c], of.slope);
      }
    }
    store(reinterpret_cast<T*>(tile + pixel * kPixelStride + half * kAccessBytes), values);
  }
}

template <class T, int kOutputs>
__global__ void __launch_bounds__(kForwardThreads)
    narrow_forward(const T* __restrict__ input, const float* __restrict__ weight,
                   const float* __restrict__ bias, float* __restrict__ output, NarrowConv of) {
  constexpr int kChannels = kAccessBytes / sizeof(T), kAtOnce = kPixelBytes / sizeof(T);
  __shared__ __align__(16) char tile[kHaloHeight * kHaloWidth * kPixelStride];
  __shared__ __align__(16) float weights[kOutputs * kTaps * kAtOnce];
  const int image = blockIdx.z, top = blockIdx.y * kForwardHeight, left = blockIdx.x * kTileWidth;
  const int column = threadIdx.x % kTileWidth, first_row = threadIdx.x / kTileWidth * kRows;
  float sums[kOutputs][kRows] = {};
  for (int channel = 0; channel < of.channels; channel += kAtOnce) {
    __syncthreads();
    load_tile(input, of, image, top, left, channel, tile);
    for (int i = threadIdx.x; i < kOutputs * kTaps * kAtOnce; i += kForwardThreads)
      weights[i] = weight[i / kAtOnce * of.channels + channel + i % kAtOnce];
    __syncthreads();
#pragma unroll
    for (int half = 0; half < 2; ++half) {
#pragma unroll
      for (int o = 0; o < kOutputs; ++o) {
        float w[kTaps][kChannels];
#pragma unroll
        for (int tap = 0; tap < kTaps; ++tap)
          load(weights + (o * kTaps + tap) * kAtOnce + half * kChannels, w[tap]);
#pragma unroll
        for (int kx = 0; kx < 3; ++kx) {
#pragma unroll
          for (int row = 0; row < kRows + 2; ++row) {
            float x[kChannels];
            const int pixel = (first_row + row) * kHaloWidth + column + kx;
            load(reinterpret_cast<const T*>(tile + pixel * kPixelStride + half * kAccessBytes), x);
#pragma unroll
            for (int ky = 0; ky < 3; ++ky) {
              if (row - ky < 0 || row - ky >= kRows) continue;
#pragma unroll
              for (int c = 0; c < kChannels; ++c)
                sums[o][row - ky] += x[c] * w[ky * 3 + kx][c];
            }
          }
        }
      }
    }
  }
#pragma unroll
  for (int row = 0; row < kRows; ++row) {
    const int y = top + first_row + row, x = left + column;
    if (y >= of.height || x >= of.width) continue;
    const int64_t at = (static_cast<int64_t>(image) * of.height + y) * of.width + x;
#pragma unroll
    for (int o = 0; o < kOutputs; ++o)
      output[at * kOutputs + o] = sums[o][row] + bias[o];
  }
}

template <class T, int kOutputs>
void forward_as(const NarrowConv& of, const void* input, const float* weight, const float* bias,
                float* output, cudaStream_t stream) {
  const dim3 grid(tiles(of.width, kTileWidth), tiles(of.height, kForwardHeight), of.images);
  narrow_forward<T, kOutputs><<<grid, kForwardThreads, 0, stream>>>(static_cast<const T*>(input),
                                                                    weight, bias, output, of);
}

}  // namespace

void forward(const NarrowConv& of, const void* input, const float* weight, const float* bias,
             float* output, cudaStream_t stream) {
  const bool narrow_rows = of.type == Type::kBFloat16, one = of.outputs == 1;
  const auto run = narrow_rows ? (one ? forward_as<__nv_bfloat16, 1> : forward_as<__nv_bfloat16, 3>)
                               : (one ? forward_as<float, 1> : forward_as<float, 3>);
  run(of, input, weight, bias, output, stream);
}

}  // namespace latent::kernel::cuda
