// Vectors of bfloat16 and of pairs of them. All functions are inlined, so that each is compiled for
// the processor of its caller.
#pragma once

#include <cstdint>
#include <utility>

#include "kernel/bf16.h"
#include "kernel/simd_tiles.h"

namespace latent::kernel {

/// Sixteen numbers of bfloat16, at any address.
using Words = uint16_t __attribute__((vector_size(kSimdFloats * sizeof(uint16_t)),
                                      aligned(alignof(uint16_t)), may_alias));
/// Sixteen pairs of them, the first of each in the lower half.
using PairLanes = uint32_t __attribute__((vector_size(kSimdFloats * sizeof(uint32_t)),
                                          aligned(alignof(uint16_t)), may_alias));

[[gnu::always_inline]] inline const Words& words(const Bf16* x) {
  return *reinterpret_cast<const Words*>(x);
}
[[gnu::always_inline]] inline Words& words(Bf16* x) { return *reinterpret_cast<Words*>(x); }
[[gnu::always_inline]] inline const PairLanes& pair_lanes(const Bf16* x) {
  return *reinterpret_cast<const PairLanes*>(x);
}
[[gnu::always_inline]] inline PairLanes& pair_lanes(Bf16* x) {
  return *reinterpret_cast<PairLanes*>(x);
}

/// Loads sixteen numbers as floats.
[[gnu::always_inline]] inline void widen(const float* x, Lanes& floats) { floats = at(x); }
[[gnu::always_inline]] inline void widen(const Bf16* x, Lanes& floats) {
  floats = reinterpret_cast<Lanes>(__builtin_convertvector(words(x), PairLanes) << 16);
}

/// Stores sixteen floats, rounded as by `narrowed`.
[[gnu::always_inline]] inline void put(const Lanes& floats, float* to) { at(to) = floats; }
[[gnu::always_inline]] inline void put(const Lanes& floats, Bf16* to) {
  constexpr uint32_t kHalf = 0x7FFF, kQuiet = 0x40;
  const PairLanes bits = reinterpret_cast<PairLanes>(floats), upper = bits >> 16;
  const PairLanes rounded = (bits + kHalf + (upper & 1)) >> 16;
  words(to) = __builtin_convertvector(floats == floats ? rounded : upper | kQuiet, Words);
}

/// Swaps blocks of S pairs beside the diagonal of blocks twice as large.
template <int64_t S, int... I>
[[gnu::always_inline]] inline void swap_blocks(PairLanes& above, PairLanes& below,
                                               std::integer_sequence<int, I...> /*lanes*/) {
  const PairLanes first =
      __builtin_shufflevector(above, below, ((I & S) == 0 ? I : kSimdFloats + I - S)...);
  below = __builtin_shufflevector(above, below, ((I & S) == 0 ? I + S : kSimdFloats + I)...);
  above = first;
}

template <int64_t S>
[[gnu::always_inline]] inline void swap_all_blocks(PairLanes (&square)[kSimdFloats]) {
#pragma GCC unroll 16
  for (int64_t i = 0; i < kSimdFloats; ++i) {
    if ((i & S) == 0)
      swap_blocks<S>(square[i], square[i + S], std::make_integer_sequence<int, kSimdFloats>());
  }
}

/// Transposes sixteen rows of sixteen pairs.
[[gnu::always_inline]] inline void transpose_square(PairLanes (&square)[kSimdFloats]) {
  swap_all_blocks<1>(square);
  swap_all_blocks<2>(square);
  swap_all_blocks<4>(square);
  swap_all_blocks<8>(square);
}

}  // namespace latent::kernel
