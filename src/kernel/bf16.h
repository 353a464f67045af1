// bfloat16, the upper half of a float: the sign, the exponent and 8 bits of precision. The same
// memory as LibTorch's at::BFloat16, without its headers.
#pragma once

#include <bit>
#include <cstdint>

namespace latent::kernel {

struct Bf16 {
  uint16_t bits;
};

inline float widened(float x) { return x; }
inline float widened(Bf16 x) { return std::bit_cast<float>(static_cast<uint32_t>(x.bits) << 16); }

/// Rounds to the nearest number, from the middle of two to the even one; a NaN stays a NaN.
inline Bf16 narrowed(float x) {
  constexpr uint32_t kHalf = 0x7FFF, kQuiet = 0x40;
  const auto bits = std::bit_cast<uint32_t>(x), upper = bits >> 16;
  const uint32_t rounded = x == x ? (bits + kHalf + (upper & 1)) >> 16 : upper | kQuiet;
  return {static_cast<uint16_t>(rounded)};
}

/// Converts a float to T: float or Bf16.
template <typename T>
T number(float x) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return x;
  } else {
    return narrowed(x);
  }
}

}  // namespace latent::kernel
