#include "kernel/pair_instructions.h"

#include <cstdint>

#include "kernel/simd.h"

#if defined(__x86_64__) && defined(__linux__)
#define LATENT_HAS_PAIRS
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#define LATENT_VECTORS \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")))
#define LATENT_TILES __attribute__((target("amx-tile,amx-bf16")))
#endif

namespace latent::kernel {

#ifdef LATENT_HAS_PAIRS

namespace {

// ---- Vectors.

// Multiplies R rows by V vectors of columns, whose sums stay in registers.
template <int64_t R, int64_t V>
LATENT_VECTORS void multiply_vectors(const PairProduct& p, int64_t row, int64_t column) {
  __m512 sums[R][V];
  float* to = p.sums + row * p.stride_of_sums + column;
#pragma GCC unroll 12
  for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      sums[r][v] = p.adds ? _mm512_loadu_ps(to + r * p.stride_of_sums + v * kSimdFloats)
                          : _mm512_setzero_ps();
  }
  const Bf16* a = p.a + row * p.stride_of_a;
  const Bf16* b = p.b + 2 * column;
  for (int64_t k = 0; k < p.depth; k += 2, a += 2, b += 2 * p.stride_of_b) {
    __m512i factors[V];
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      factors[v] = _mm512_loadu_si512(b + 2 * v * kSimdFloats);
#pragma GCC unroll 12
    for (int64_t r = 0; r < R; ++r) {
      const __m512i pair =
          _mm512_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(a + r * p.stride_of_a)));
#pragma GCC unroll 4
      for (int64_t v = 0; v < V; ++v)
        sums[r][v] = _mm512_dpbf16_ps(sums[r][v], reinterpret_cast<__m512bh>(pair),
                                      reinterpret_cast<__m512bh>(factors[v]));
    }
  }
#pragma GCC unroll 12
  for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      _mm512_storeu_ps(to + r * p.stride_of_sums + v * kSimdFloats, sums[r][v]);
  }
}

// Takes R rows at a time, and the remaining rows by fours.
template <int64_t R, int64_t V>
void multiply_columns(const PairProduct& p, int64_t column) {
  int64_t row = 0;
  for (; row + R <= p.rows; row += R)
    multiply_vectors<R, V>(p, row, column);
  for (; row + 4 <= p.rows; row += 4)
    multiply_vectors<4, V>(p, row, column);
  for (; row < p.rows; ++row)
    multiply_vectors<1, V>(p, row, column);
}

}  // namespace

void multiply_by_vectors(const PairProduct& p) {
  for (int64_t column = 0, width = 0; column < p.columns; column += width) {
    width = panel_width(p.columns, column);
    switch (width / kSimdFloats) {
      case 1:
        multiply_columns<12, 1>(p, column);
        break;
      case 2:
        multiply_columns<12, 2>(p, column);
        break;
      default:
        multiply_columns<6, 4>(p, column);
        break;
    }
  }
}

namespace {

// ---- Tiles: sums in registers 0 to 3, rows of a in 4 and 5, columns of b in 6 and 7.

constexpr int64_t kTile = 16;  // rows, and floats of a row

// The compiler does not see that the intrinsics read memory.
inline void finish_stores() { asm volatile("" ::: "memory"); }

// Multiplies two tiles of rows or one by two of columns or one.
template <bool two_rows, bool two_columns>
LATENT_TILES void multiply_tiles(const PairProduct& p, int64_t row, int64_t column) {
  float* to = p.sums + row * p.stride_of_sums + column;
  float* below = to + kTile * p.stride_of_sums;
  const auto stride_of_sums = static_cast<int64_t>(sizeof(float)) * p.stride_of_sums;
  finish_stores();
  if (p.adds) {
    _tile_loadd(0, to, stride_of_sums);
    if constexpr (two_columns) _tile_loadd(1, to + kTile, stride_of_sums);
    if constexpr (two_rows) _tile_loadd(2, below, stride_of_sums);
    if constexpr (two_rows && two_columns) _tile_loadd(3, below + kTile, stride_of_sums);
  } else {
    _tile_zero(0);
    if constexpr (two_columns) _tile_zero(1);
    if constexpr (two_rows) _tile_zero(2);
    if constexpr (two_rows && two_columns) _tile_zero(3);
  }
  const int64_t stride_of_a = 2 * p.stride_of_a, stride_of_b = 4 * p.stride_of_b;
  const Bf16* a = p.a + row * p.stride_of_a;
  const Bf16* b = p.b + 2 * column;
  for (int64_t k = 0; k < p.depth; k += kPairDepth) {
    _tile_loadd(4, a + k, stride_of_a);
    _tile_loadd(6, b + k * p.stride_of_b, stride_of_b);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (two_columns) {
      _tile_loadd(7, b + k * p.stride_of_b + 2 * kTile, stride_of_b);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (two_rows) {
      _tile_loadd(5, a + k + kTile * p.stride_of_a, stride_of_a);
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (two_columns) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, to, stride_of_sums);
  if constexpr (two_columns) _tile_stored(1, to + kTile, stride_of_sums);
  if constexpr (two_rows) _tile_stored(2, below, stride_of_sums);
  if constexpr (two_rows && two_columns) _tile_stored(3, below + kTile, stride_of_sums);
}

template <bool two_columns>
void multiply_tile_columns(const PairProduct& p, int64_t column) {
  int64_t row = 0;
  for (; row + 2 * kTile <= p.rows; row += 2 * kTile)
    multiply_tiles<true, two_columns>(p, row, column);
  if (row < p.rows) multiply_tiles<false, two_columns>(p, row, column);
}

}  // namespace

void multiply_by_tiles(const PairProduct& p) {
  int64_t column = 0;
  for (; column + 2 * kTile <= p.columns; column += 2 * kTile)
    multiply_tile_columns<true>(p, column);
  if (column < p.columns) multiply_tile_columns<false>(p, column);
}

namespace {

struct alignas(64) TileSizes {
  uint8_t palette = 1, first_row = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {kTile, kTile, kTile, kTile, kTile, kTile, kTile, kTile};
};

}  // namespace

LATENT_TILES void prepare_tiles() {
  static constexpr TileSizes kSizes;
  _tile_loadconfig(&kSizes);
}
LATENT_TILES void release_tiles() { _tile_release(); }

// GCC 12 and Clang 14 have no names for these in __builtin_cpu_supports.
bool processor_has_vectors() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 5 & 1) != 0;
}

// The kernel gives a process the tiles' registers, which are large, when it asks for them.
bool processor_has_tiles() {
  constexpr unsigned kTileBits = 1U << 22 | 1U << 24;  // bf16, tiles
  constexpr long kAskFor = 0x1023, kTileData = 18;     // ARCH_REQ_XCOMP_PERM
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kTileBits) == kTileBits &&
         syscall(SYS_arch_prctl, kAskFor, kTileData) == 0;
}

#else

void multiply_by_vectors(const PairProduct&) {}
void multiply_by_tiles(const PairProduct&) {}
void prepare_tiles() {}
void release_tiles() {}
bool processor_has_vectors() { return false; }
bool processor_has_tiles() { return false; }

#endif

}  // namespace latent::kernel
