// Sums over the threads of a block, in a fixed order.
#pragma once

#include "kernel/cuda/vectors.cuh"

namespace latent::kernel::cuda {

/// Adds the values of threads that hold the same channels: thread t holds those of vector t %
/// vectors, channels kVector * vector to kVector * vector + kVector - 1.
/// scratch: [kVector * blockDim.x] shared.  Calls `write(channel, sum)` once for each channel.
template <int kVector, class Write>
__device__ inline void add_by_channel(const float (&values)[kVector], int vectors, float* scratch,
                                      Write write) {
  __syncthreads();  // the previous use of the scratch
  store(scratch + threadIdx.x * kVector, values);
  __syncthreads();
  const int channels = vectors * kVector, groups = blockDim.x / vectors;
  for (int channel = threadIdx.x; channel < channels; channel += blockDim.x) {
    float sum = 0;
    for (int group = 0; group < groups; ++group)
      sum += scratch[group * channels + channel];
    write(channel, sum);
  }
}

/// Returns the sum over all threads, in thread 0.  scratch: [blockDim.x] shared.
__device__ inline float add_all(float value, float* scratch) {
  __syncthreads();
  scratch[threadIdx.x] = value;
  __syncthreads();
  float sum = 0;
  if (threadIdx.x < 32) {
    for (int i = threadIdx.x; i < blockDim.x; i += 32)
      sum += scratch[i];
    for (int distance = 16; distance > 0; distance /= 2)
      sum += __shfl_down_sync(0xffffffffu, sum, distance);
  }
  return sum;
}

}  // namespace latent::kernel::cuda
