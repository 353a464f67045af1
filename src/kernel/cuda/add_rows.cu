#include "kernel/cuda/launch.h"

namespace latent::kernel::cuda {
namespace {

constexpr int kColumns = 32, kRows = 32;

__global__ void __launch_bounds__(kColumns* kRows)
    add(const float* __restrict__ partial, int blocks, int size, float* __restrict__ sums) {
  __shared__ float parts[kRows][kColumns + 1];
  const int column = blockIdx.x * kColumns + threadIdx.x;
  float sum = 0;
  if (column < size) {
#pragma unroll 4
    for (int row = threadIdx.y; row < blocks; row += kRows)
      sum += partial[static_cast<int64_t>(row) * size + column];
  }
  parts[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  // Each warp adds one column's 32 parts.
  sum = parts[threadIdx.x][threadIdx.y];
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2)
    sum += __shfl_down_sync(0xffffffffu, sum, distance);
  const int written = blockIdx.x * kColumns + threadIdx.y;
  if (threadIdx.x == 0 && written < size) sums[written] = sum;
}

}  // namespace

void add_rows(const float* partial, int blocks, int size, float* sums, cudaStream_t stream) {
  add<<<(size + kColumns - 1) / kColumns, dim3(kColumns, kRows), 0, stream>>>(partial, blocks, size,
                                                                              sums);
}

}  // namespace latent::kernel::cuda
