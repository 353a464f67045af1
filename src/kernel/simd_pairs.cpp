// The loops of simd.h for rows of bfloat16. Gathered rows are first copied to where the products of
// pairs (kernel/pair_product.h) want them, which costs little beside the products.
#include <algorithm>

#include "kernel/floats.h"
#include "kernel/pair_product.h"
#include "kernel/simd.h"
#include "kernel/simd_clones.h"
#include "kernel/simd_pairs.h"

namespace latent::kernel {
namespace {

static_assert(packed_depth<Bf16>(1) == kPairDepth && kSimdFloats == kPairRows);

// Some rows of a product, from `first` on.
struct GatheredRows {
  const int32_t *offsets, *targets;
  int64_t first, rows, taps, depth, packed_depth;

  // Of the first tap; those of the others follow kRows apart.
  const int32_t* offset(int64_t row) const {
    return offsets + (first + row) / kRows * taps * kRows + (first + row) % kRows;
  }
  int32_t target(int64_t row) const { return targets[first + row]; }
};

// Copies the gathered rows one after another.  to: [rows, packed depth].
LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void copy_gathered(const GatheredRows& g, const Bf16* a, Bf16* to) {
  const int64_t whole = g.depth / kSimdFloats * kSimdFloats;
  for (int64_t row = 0; row < g.rows; ++row) {
    const int32_t* offset = g.offset(row);
    for (int64_t tap = 0; tap < g.taps; ++tap, offset += kRows, to += g.depth) {
      if (*offset == kOutside) {
        for (int64_t k = 0; k < whole; k += kSimdFloats)
          words(to + k) = Words{};
        for (int64_t k = whole; k < g.depth; ++k)
          to[k] = {};
        continue;
      }
      const Bf16* from = a + *offset;
      for (int64_t k = 0; k < whole; k += kSimdFloats)
        words(to + k) = words(from + k);
      for (int64_t k = whole; k < g.depth; ++k)
        to[k] = from[k];
    }
    for (int64_t k = g.taps * g.depth; k < g.packed_depth; ++k)
      *to++ = {};
  }
}

// Returns the distance of the gathered rows if they can be multiplied where they are: whole rows of
// tiles, equally far apart, of a depth that is not filled up; else 0.
int64_t distance_of_rows(const GatheredRows& g) {
  if (g.taps != 1 || g.depth != g.packed_depth || g.rows % kPairRows != 0) return 0;
  const int64_t distance = *g.offset(1) - *g.offset(0);
  for (int64_t row = 1; row < g.rows; ++row) {
    if (*g.offset(row) - *g.offset(row - 1) != distance) return 0;
  }
  return distance < g.depth ? 0 : distance;
}

// Finishes a panel of a product and writes it to the targets of its rows.
template <typename Out>
struct Panel {
  const float* sums;  // [rows, width]
  const float* bias;  // [width]
  int64_t width;
  Out* out;
  const Out* gate;
  float slope;
};

template <typename Out>
[[gnu::always_inline]] inline void put_panel(const GatheredRows& g, const Panel<Out>& p) {
  for (int64_t row = 0; row < g.rows; ++row) {
    const int32_t target = g.target(row);
    if (target == kOutside) continue;
    const float* sums = p.sums + row * p.width;
    for (int64_t c = 0; c < p.width; c += kSimdFloats) {
      Lanes value = at(sums + c) + at(p.bias + c);
      if (p.gate != nullptr) {
        Lanes gate;
        widen(p.gate + target + c, gate);
        value = gate > 0 ? value : p.slope * value;
      }
      put(value, p.out + target + c);
    }
  }
}

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void finish(const GatheredRows& g, const Panel<Bf16>& p) { put_panel(g, p); }
LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void finish(const GatheredRows& g, const Panel<float>& p) { put_panel(g, p); }

// What a thread keeps between calls.
thread_local Numbers<Bf16> copied_rows;
thread_local Floats panel_sums;

template <typename Out>
void multiply(const GatheredProduct<Bf16, Out>& p) {
  constexpr int64_t kMost = 2 * kPairRows;  // two rows of tiles, which mostly fit the first cache
  const TileScope tiles;
  const int64_t depth = packed_depth<Bf16>(p.taps * p.depth);
  Bf16* copies = at_least(copied_rows, kMost * depth);
  float* sums = at_least(panel_sums, kMost * kMaxColumns);
  int64_t end = p.groups * kRows;
  while (end > 0 && p.targets[end - 1] == kOutside)
    --end;
  for (int64_t begin = 0; begin < end; begin += kMost) {
    const GatheredRows rows{.offsets = p.offsets,
                            .targets = p.targets,
                            .first = begin,
                            .rows = std::min(kMost, end - begin),
                            .taps = p.taps,
                            .depth = p.depth,
                            .packed_depth = depth};
    const int64_t distance = distance_of_rows(rows);
    if (distance == 0) copy_gathered(rows, p.a, copies);
    for (int64_t column = 0, width = 0; column < p.columns; column += width) {
      width = panel_width(p.columns, column);
      // Rows beyond the last hold what was there before, and their sums are not used.
      multiply_pairs({.a = distance == 0 ? copies : p.a + *rows.offset(0),
                      .stride_of_a = distance == 0 ? depth : distance,
                      .b = p.b + column * depth,
                      .stride_of_b = width,
                      .sums = sums,
                      .stride_of_sums = width,
                      .rows = (rows.rows + kPairRows - 1) / kPairRows * kPairRows,
                      .columns = width,
                      .depth = depth,
                      .adds = false});
      finish(rows, Panel<Out>{.sums = sums,
                              .bias = p.bias + column,
                              .width = width,
                              .out = p.out + column,
                              .gate = p.gate == nullptr ? nullptr : p.gate + column,
                              .slope = p.slope});
    }
  }
}

// Adds rows of V vectors, whose sums stay in registers.
template <int64_t V>
[[gnu::always_inline]] inline void add_panel_rows(const Bf16* a, int64_t rows, int64_t stride,
                                                  float* sum) {
  Lanes sums[V] = {}, value;
  for (int64_t row = 0; row < rows; ++row, a += stride) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v) {
      widen(a + v * kSimdFloats, value);
      sums[v] += value;
    }
  }
#pragma GCC unroll 4
  for (int64_t v = 0; v < V; ++v)
    at(sum + v * kSimdFloats) += sums[v];
}

}  // namespace

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void activate(const Bf16* x, float slope, int64_t count, Bf16* out) {
  if (slope == 0) {  // without floats; negative numbers down to minus infinity, but not NaN
    constexpr uint16_t kMinusZero = 0x8000, kNumbers = 0x7F80;
    for (int64_t i = 0; i < count; i += kSimdFloats) {
      const Words& value = words(x + i);
      words(out + i) = value - kMinusZero <= kNumbers ? Words{} : value;
    }
    return;
  }
  for (int64_t i = 0; i < count; i += kSimdFloats) {
    Lanes value;
    widen(x + i, value);
    value = value > 0 ? value : slope * value;
    put(value, out + i);
  }
}

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void add_rows(const Bf16* a, int64_t rows, int64_t columns, float* sum) {
  for (int64_t column = 0, width = 0; column < columns; column += width) {
    width = panel_width(columns, column);
    const Bf16* from = a + column;
    switch (width / kSimdFloats) {
      case 1:
        add_panel_rows<1>(from, rows, columns, sum + column);
        break;
      case 2:
        add_panel_rows<2>(from, rows, columns, sum + column);
        break;
      default:
        add_panel_rows<4>(from, rows, columns, sum + column);
        break;
    }
  }
}

void multiply_gathered(const GatheredProduct<Bf16, Bf16>& product) { multiply(product); }
void multiply_gathered(const GatheredProduct<Bf16, float>& product) { multiply(product); }

}  // namespace latent::kernel
