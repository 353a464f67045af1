// Loops over rows of floats that must keep the vector units busy, compiled for AVX-512, for AVX2
// and for any x86-64; the processor chooses when the program runs.
#pragma once

#include <cstdint>

namespace latent::kernel {

/// The number of floats that the loops process together.
constexpr int64_t kSimdFloats = 16;

/// Sets out[i] = x[i] if x[i] > 0, else slope * x[i].  count: a multiple of kSimdFloats.
void activate(const float* x, float slope, int64_t count, float* out);

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
struct GatheredProduct {
  const float* a;
  const float* zeros;      // [depth], at least kMaxColumns
  const int32_t* offsets;  // [groups, taps, kRows]
  int64_t taps, depth;     // taps: at least one; depth: even
  const float* b;          // panel by panel [taps, depth, width of the panel]
  int64_t columns;         // a multiple of kSimdFloats
  const float* bias;       // [columns]
  float* out;
  const int32_t* targets;  // [groups, kRows]
  int64_t groups;
  const float* gate;  // if not null, out is multiplied by slope where gate[targets[g][r] + c] <= 0
  float slope;
};
void multiply_gathered(const GatheredProduct& product);

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

/// Adds the rows of a: sum[c] += the sum over r of a[r * columns + c].
/// columns: a multiple of kSimdFloats.
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum);

/// Returns true if the loops over gathered rows use the tiles made for the registers of AVX-512:
/// the processor has them, and LATENT_KERNELS (kernel/allowed.h) does not forbid it.
bool has_wide_registers();

}  // namespace latent::kernel
