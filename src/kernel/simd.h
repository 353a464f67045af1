// Loops over rows of floats that must keep the vector units busy, compiled for AVX-512, for AVX2
// and for any x86-64; the processor chooses when the program runs.
#pragma once

#include <cstdint>

namespace latent::kernel {

/// Floats that the loops take together.
constexpr int64_t kSimdFloats = 16;

/// out[i] = x[i] if x[i] > 0, else slope * x[i].  count: a multiple of kSimdFloats.
void activate(const float* x, float slope, int64_t count, float* out);

/// Groups of so many rows are multiplied together.
constexpr int64_t kRows = 12;
/// In the place of an offset: a row of zeros; of a target: the row is not wanted.
constexpr int32_t kOutside = -1;
/// Columns are worked on in panels of once, twice or four times kSimdFloats.
constexpr int64_t kMaxColumns = 4 * kSimdFloats;

/// How many of a matrix's columns are taken at `column`: wide panels first.
inline int64_t panel_width(int64_t columns, int64_t column) {
  int64_t width = kMaxColumns;
  while (width > columns - column)
    width /= 2;
  return width;
}

/// The matrix product of rows, each gathered from several places ("taps"), with b, whose rows lie
/// one after another: out[targets[g][r] + c] = bias[c] + the sum over t and k of
/// a[offsets[g][t][r] + k] * b[t][k][c].
struct GatheredProduct {
  const float* a;
  const float* zeros;      // [depth], and kMaxColumns at least
  const int32_t* offsets;  // [groups, taps, kRows]
  int64_t taps, depth;     // taps: at least one; depth: even
  const float* b;          // panel by panel [taps, depth, width of the panel]
  int64_t columns;         // a multiple of kSimdFloats
  const float* bias;       // [columns]
  float* out;
  const int32_t* targets;  // [groups, kRows]
  int64_t groups;
  const float* gate;  // if not null: times `slope` where gate[targets[g][r] + c] <= 0
  float slope;
};
void multiply_gathered(const GatheredProduct& product);

/// The outer products of rows that are gathered: sum[r * stride + c] += the sum over i of
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

/// sum[c] += the sum over r of a[r * columns + c].  columns: a multiple of kSimdFloats.
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum);

/// Whether the loops over gathered rows take the tiles made for the registers of AVX-512: it has
/// them, and LATENT_KERNELS (kernel/allowed.h) does not forbid it.
bool has_wide_registers();

}  // namespace latent::kernel
