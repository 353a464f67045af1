// Loops over rows of floats that must keep the vector units busy. Each is compiled for AVX-512, for
// AVX2 and for any x86-64, and chosen when the program starts.
#pragma once

#include <cstdint>

namespace latent::kernel {

/// Floats that the loops take together.
constexpr int64_t kLanes = 16;

/// out[i] = x[i] if x[i] > 0, else slope * x[i].  count: a multiple of kLanes.
void activate(const float* x, float slope, int64_t count, float* out);

/// out[i] *= slope where x[i] <= 0: the gradient of `activate`.  count: a multiple of kLanes.
void damp_negative(const float* x, float slope, int64_t count, float* out);

/// The matrix product out = a b.
/// a: [rows, depth], rows `stride` floats apart.  b: [depth, columns].  out: [rows, columns].
/// columns: a multiple of kLanes.
void multiply(const float* a, int64_t stride, int64_t rows, int64_t depth, const float* b,
              int64_t columns, float* out);

/// Rows that the loops over gathered rows take together.
constexpr int64_t kRows = 8;
/// In the place of an offset: a row of zeros.
constexpr int32_t kOutside = -1;

/// The matrix product of `kRows` rows, each gathered from several places ("taps"), with b, whose
/// rows lie one after another: out[targets[r] + c] = bias[c] + the sum over t and k of
/// a[offsets[t][r] + k] * b[t][k][c].
/// offsets: [taps, kRows].  zeros: [depth].  b: [taps, depth, columns].  columns: kLanes or twice
/// that.  targets: [kRows].
void multiply_gathered(const float* a, const float* zeros, const int32_t* offsets, int64_t taps,
                       int64_t depth, const float* b, int64_t columns, const float* bias,
                       float* out, const int32_t* targets);

/// The outer products of rows that are gathered: sum[r * stride + c] += the sum over i of
/// a[pairs[i][0] + r] * b[pairs[i][1] + c] for r < kRows, c < columns.
/// pairs: [count, 2].  columns: kLanes or twice that.
void add_gathered_outer_products(const float* a, const float* b, const int32_t* pairs,
                                 int64_t count, int64_t columns, float* sum, int64_t stride);

/// sum[c] += the sum over r of a[r * columns + c].  columns: a multiple of kLanes.
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum);

/// Whether the loops over gathered rows find the registers they are written for: AVX-512.
bool has_wide_registers();

/// The matrix product sum += transpose(a) b.
/// a: [rows, m], m a multiple of kLanes.  b: [rows, n], n a multiple of kLanes.  sum: [m, n].
void add_outer_products(const float* a, int64_t m, const float* b, int64_t n, int64_t rows,
                        float* sum);

}  // namespace latent::kernel
