// Tiles of floats in vector registers: R rows of V vectors each. All functions are inlined, so that
// each is compiled for the processor of its caller.
#pragma once

#include "kernel/simd.h"

namespace latent::kernel {

/// Sixteen floats, at any address.
using Lanes = float
    __attribute__((vector_size(kSimdFloats * sizeof(float)), aligned(alignof(float)), may_alias));

/// Returns references: values would need an ABI that not every processor has.
[[gnu::always_inline]] inline const Lanes& at(const float* x) {
  return *reinterpret_cast<const Lanes*>(x);
}
[[gnu::always_inline]] inline Lanes& at(float* x) { return *reinterpret_cast<Lanes*>(x); }

/// Loads rows that lie `stride` floats apart; 0: the same row R times.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void load_rows(const float* from, int64_t stride,
                                             Lanes (&sums)[R][V]) {
#pragma GCC unroll 12
  for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      sums[r][v] = at(from + r * stride + v * kSimdFloats);
  }
}

/// Stores rows `stride` floats apart.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void store_rows(const Lanes (&sums)[R][V], float* to,
                                              int64_t stride) {
#pragma GCC unroll 12
  for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      at(to + r * stride + v * kSimdFloats) = sums[r][v];
  }
}

/// Adds a b to a tile. Taking two steps of the depth at a time leaves more of the processor's slots
/// to the products.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void multiply_rows(const float* const* a, int64_t depth,
                                                 const float* b, int64_t stride,
                                                 Lanes (&sums)[R][V]) {
  for (int64_t k = 0; k < depth; k += 2) {
#pragma GCC unroll 2
    for (int64_t step = 0; step < 2; ++step, b += stride) {
      Lanes factors[V];
#pragma GCC unroll 4
      for (int64_t v = 0; v < V; ++v)
        factors[v] = at(b + v * kSimdFloats);
#pragma GCC unroll 12
      for (int64_t r = 0; r < R; ++r) {
        const float value = a[r][k + step];
#pragma GCC unroll 4
        for (int64_t v = 0; v < V; ++v)
          sums[r][v] += value * factors[v];
      }
    }
  }
}

}  // namespace latent::kernel
