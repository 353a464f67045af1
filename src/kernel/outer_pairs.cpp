// Outer products of rows of bfloat16 (simd.h) as products of pairs of pixels: the rows of one side
// are transposed, those of the other interleaved by twos.
#include <algorithm>

#include "kernel/floats.h"
#include "kernel/pair_product.h"
#include "kernel/simd.h"
#include "kernel/simd_clones.h"
#include "kernel/simd_pairs.h"

namespace latent::kernel {
namespace {

static_assert(packed_depth<Bf16>(1) == kPairDepth && kSimdFloats == kPairRows);

// Gathered rows of some pixels for outer products.
struct RowsOfPixels {
  const Bf16* from;
  const int32_t* offsets;  // [pixels]
  int64_t pixels, depth;   // depth: pixels, filled up
  int64_t channels;
};

// Adds sixteen channels of a pixel, if there is one, to the lower or upper halves of pairs.
template <int64_t shift>
[[gnu::always_inline]] inline void add_pixel(const RowsOfPixels& p, int64_t pixel, int64_t channel,
                                             PairLanes& pairs) {
  if (pixel >= p.pixels || p.offsets[pixel] == kOutside) return;
  pairs |= __builtin_convertvector(words(p.from + p.offsets[pixel] + channel), PairLanes) << shift;
}

// Reads sixteen channels of two pixels as pairs.
[[gnu::always_inline]] inline void read_pairs(const RowsOfPixels& p, int64_t pixel, int64_t channel,
                                              PairLanes& pairs) {
  pairs = PairLanes{};
  add_pixel<0>(p, pixel, channel, pairs);
  add_pixel<16>(p, pixel + 1, channel, pairs);
}

// to: [depth / 2, channels, 2]
LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void interleave(const RowsOfPixels& p, Bf16* to) {
  for (int64_t pixel = 0; pixel < p.depth; pixel += 2) {
    for (int64_t channel = 0; channel < p.channels; channel += kSimdFloats, to += 2 * kSimdFloats) {
      PairLanes pairs;
      read_pairs(p, pixel, channel, pairs);
      pair_lanes(to) = pairs;
    }
  }
}

// to: [channels, depth]
LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void transpose(const RowsOfPixels& p, Bf16* to) {
  for (int64_t pixel = 0; pixel < p.depth; pixel += 2 * kSimdFloats) {
    for (int64_t channel = 0; channel < p.channels; channel += kSimdFloats) {
      PairLanes square[kSimdFloats];
#pragma GCC unroll 16
      for (int64_t i = 0; i < kSimdFloats; ++i)
        read_pairs(p, pixel + 2 * i, channel, square[i]);
      transpose_square(square);
#pragma GCC unroll 16
      for (int64_t i = 0; i < kSimdFloats; ++i)
        pair_lanes(to + (channel + i) * p.depth + pixel) = square[i];
    }
  }
}

// What a thread keeps between calls.
thread_local Numbers<Bf16> transposed_rows, interleaved_rows;

}  // namespace

void add_gathered_outer_products(const GatheredTapProducts& p) {
  constexpr int64_t kMost = 256;  // pixels
  const TileScope tiles;
  for (int64_t begin = 0; begin < p.count; begin += kMost) {
    const int64_t pixels = std::min(kMost, p.count - begin), depth = packed_depth<Bf16>(pixels);
    Bf16* a = at_least(transposed_rows, p.rows * depth);
    Bf16* b = at_least(interleaved_rows, depth * p.columns);
    transpose({.from = p.a,
               .offsets = p.left + begin,
               .pixels = pixels,
               .depth = depth,
               .channels = p.rows},
              a);
    for (int64_t tap = 0; tap < p.taps; ++tap) {
      interleave({.from = p.b,
                  .offsets = p.right + tap * p.stride_of_right + begin,
                  .pixels = pixels,
                  .depth = depth,
                  .channels = p.columns},
                 b);
      multiply_pairs({.a = a,
                      .stride_of_a = depth,
                      .b = b,
                      .stride_of_b = p.columns,
                      .sums = p.sums + tap * p.rows * p.columns,
                      .stride_of_sums = p.columns,
                      .rows = p.rows,
                      .columns = p.columns,
                      .depth = depth,
                      .adds = true});
    }
  }
}

}  // namespace latent::kernel
