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

/// The matrix product sum += transpose(a) b.
/// a: [rows, m], m a multiple of kLanes.  b: [rows, n], n a multiple of kLanes.  sum: [m, n].
void add_outer_products(const float* a, int64_t m, const float* b, int64_t n, int64_t rows,
                        float* sum);

}  // namespace latent::kernel
