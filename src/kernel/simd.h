// Loops over rows of floats that must keep the vector units busy, compiled for AVX-512, for AVX2
// and for any x86-64; the processor chooses when the program runs. Each exists for rows of bfloat16
// too (simd_pairs.cpp), with sums in fp32.
#pragma once

#include <cstdint>

#include "kernel/bf16.h"

namespace latent::kernel {

/// The number of floats that the loops process together.
constexpr int64_t kSimdFloats = 16;

/// Sets out[i] = x[i] if x[i] > 0, else slope * x[i].  count: a multiple of kSimdFloats.
void activate(const float* x, float slope, int64_t count, float* out);
void activate(const Bf16* x, float slope, int64_t count, Bf16* out);

/// The number of rows in a group; the rows of a group are multiplied together.
constexpr int64_t kRows = 12;
/// As an offset it means a row of zeros, as a target that the row is not wanted.
constexpr int32_t kOutside = -1;
/// The most columns of a panel, which has kSimdFloats, 2 kSimdFloats or 4 kSimdFloats columns.
constexpr int64_t kMaxColumns = 4 * kSimdFloats;

/// Returns the width of the panel that begins at `column`; wide panels come first.
inline int64_t panel_width(int64_t columns, int64_t column) {
  int64_t width = kMaxColumns;
  while (width > columns - column)
    width /= 2;
  return width;
}

/// A matrix product of rows, each gathered from several places ("taps"), with b, whose rows lie one
/// after another: out[targets[g][r] + c] = bias[c] + the sum over t and k of
/// a[offsets[g][t][r] + k] * b[t][k][c].
template <typename In, typename Out>
struct GatheredProduct {
  const In* a;
  const In* zeros;         // [depth], at least kMaxColumns
  const int32_t* offsets;  // [groups, taps, kRows]
  int64_t taps, depth;     // taps: at least one; depth: even if In is float
  const In* b;             // panel by panel, each packed as below
  int64_t columns;         // a multiple of kSimdFloats
  const float* bias;       // [columns]
  Out* out;
  const int32_t* targets;  // [groups, kRows]
  int64_t groups;
  const Out* gate;  // if not null, out is multiplied by slope where gate[targets[g][r] + c] <= 0
  float slope;
};
void multiply_gathered(const GatheredProduct<float, float>& product);
void multiply_gathered(const GatheredProduct<Bf16, Bf16>& product);
void multiply_gathered(const GatheredProduct<Bf16, float>& product);

// How a panel is packed: as it is, [taps * depth, width], or as pairs of bfloat16, whose depth is
// filled up with zeros, [packed_depth<Bf16>(taps * depth) / 2, width, 2].

/// Returns the depth of a panel for a product of this depth (of all taps).
template <typename In>
constexpr int64_t packed_depth(int64_t depth) {
  constexpr int64_t unit = sizeof(In) == sizeof(float) ? 2 : 32;
  return (depth + unit - 1) / unit * unit;
}

/// Returns where b[k][column] is in a panel.
template <typename In>
constexpr int64_t packed_index(int64_t k, int64_t column, int64_t width) {
  return sizeof(In) == sizeof(float) ? k * width + column : 2 * (k / 2 * width + column) + k % 2;
}

/// Outer products of gathered rows: sum[r * stride + c] += the sum over i of
/// a[pairs[i][0] + r] * b[pairs[i][1] + c].
struct GatheredOuterProducts {
  const float *a, *b;
  const int32_t* pairs;  // [count, 2]
  int64_t count;
  int64_t rows, columns;  // rows: even; columns: a multiple of kSimdFloats
  float* sum;
  int64_t stride;
};
void add_gathered_outer_products(const GatheredOuterProducts& products);

/// The same for several taps that share the rows of a, which are rearranged once for all of them:
/// sums[t][r][c] += the sum over i of a[left[i] + r] * b[right[t * stride_of_right + i] + c].
struct GatheredTapProducts {
  const Bf16 *a, *b;
  const int32_t* left;   // [count]
  const int32_t* right;  // [taps, count], kOutside where there is none
  int64_t stride_of_right;
  int64_t count, taps;
  int64_t rows, columns;  // multiples of kSimdFloats
  float* sums;            // [taps, rows, columns]
};
void add_gathered_outer_products(const GatheredTapProducts& products);

/// Adds the rows of a: sum[c] += the sum over r of a[r * columns + c].
/// columns: a multiple of kSimdFloats.
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum);
void add_rows(const Bf16* a, int64_t rows, int64_t columns, float* sum);

/// Returns true if the loops over gathered rows use the tiles made for the registers of AVX-512:
/// the processor has them, and LATENT_KERNELS (kernel/allowed.h) does not forbid it.
bool has_wide_registers();

}  // namespace latent::kernel
