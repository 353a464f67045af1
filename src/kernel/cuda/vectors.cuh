// Reading and writing 4 neighbouring channels, or 8, of float32 or bfloat16 rows in one access.
#pragma once

#include <cuda_bf16.h>

namespace latent::kernel::cuda {

__device__ inline float2 widen(unsigned packed) {
  return {__uint_as_float(packed << 16), __uint_as_float(packed & 0xffff0000u)};
}

__device__ inline unsigned narrow(float low, float high) {
  const __nv_bfloat162 packed = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const unsigned*>(&packed);
}

/// What 4 values are read as.
template <class T>
struct Packed;
template <>
struct Packed<float> {
  using Four = float4;
};
template <>
struct Packed<__nv_bfloat16> {
  using Four = uint2;
};

__device__ inline void widen_packed(const float4& four, float (&values)[4]) {
  values[0] = four.x;
  values[1] = four.y;
  values[2] = four.z;
  values[3] = four.w;
}

__device__ inline void widen_packed(const uint2& four, float (&values)[4]) {
  const float2 first = widen(four.x), second = widen(four.y);
  values[0] = first.x;
  values[1] = first.y;
  values[2] = second.x;
  values[3] = second.y;
}

template <class T>
__device__ inline void load(const T* from, float (&values)[4]) {
  widen_packed(*reinterpret_cast<const typename Packed<T>::Four*>(from), values);
}

__device__ inline void load(const float* from, float (&values)[8]) {
  const float4 first = *reinterpret_cast<const float4*>(from);
  const float4 second = *reinterpret_cast<const float4*>(from + 4);
  values[0] = first.x;
  values[1] = first.y;
  values[2] = first.z;
  values[3] = first.w;
  values[4] = second.x;
  values[5] = second.y;
  values[6] = second.z;
  values[7] = second.w;
}

__device__ inline void load(const __nv_bfloat16* from, float (&values)[8]) {
  const uint4 eight = *reinterpret_cast<const uint4*>(from);
  const unsigned pairs[4] = {eight.x, eight.y, eight.z, eight.w};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const float2 pair = widen(pairs[i]);
    values[2 * i] = pair.x;
    values[2 * i + 1] = pair.y;
  }
}

__device__ inline void store(float* to, const float (&values)[4]) {
  *reinterpret_cast<float4*>(to) = make_float4(values[0], values[1], values[2], values[3]);
}

__device__ inline void store(__nv_bfloat16* to, const float (&values)[4]) {
  *reinterpret_cast<uint2*>(to) =
      make_uint2(narrow(values[0], values[1]), narrow(values[2], values[3]));
}

__device__ inline void store(float* to, const float (&values)[8]) {
  reinterpret_cast<float4*>(to)[0] = make_float4(values[0], values[1], values[2], values[3]);
  reinterpret_cast<float4*>(to)[1] = make_float4(values[4], values[5], values[6], values[7]);
}

__device__ inline void store(__nv_bfloat16* to, const float (&values)[8]) {
  *reinterpret_cast<uint4*>(to) =
      make_uint4(narrow(values[0], values[1]), narrow(values[2], values[3]),
                 narrow(values[4], values[5]), narrow(values[6], values[7]));
}

/// Returns x if x > 0, else slope * x; 0 for an infinite x with slope 0, and NaN for NaN.
__device__ inline float activate(float x, float slope) {
  if (slope == 0) return x < 0 ? 0 : x;
  return x > 0 ? x : slope * x;
}

/// Returns the gradient of x from that of activate(x). x: before or after the activation.
__device__ inline float activation_gradient(float x, float gradient, float slope) {
  if (x > 0) return gradient;
  return slope == 0 ? 0 : slope * gradient;
}

}  // namespace latent::kernel::cuda
