#include "kernel/lanes.h"

// GCC chooses among the clones by the processor when the program is loaded, before a sanitizer
// could follow.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define LATENT_HAS_CLONES
#define LATENT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LATENT_CLONES
#endif

namespace latent::kernel {
namespace {

// Sixteen floats, at any address.
using Lanes =
    float __attribute__((vector_size(kLanes * sizeof(float)), aligned(alignof(float)), may_alias));

// By reference: returned as values they would need an ABI that not every processor has.
inline __attribute__((always_inline)) const Lanes& at(const float* x) {
  return *reinterpret_cast<const Lanes*>(x);
}
inline __attribute__((always_inline)) Lanes& at(float* x) { return *reinterpret_cast<Lanes*>(x); }

// Sums of kRows rows and V vectors of columns, which stay in registers.
template <int64_t V>
inline __attribute__((always_inline)) void multiply_gathered_columns(
    const float* a, const float* zeros, const int32_t* offsets, int64_t taps, int64_t depth,
    const float* b, const float* bias, float* out, const int32_t* targets) {
  Lanes sums[kRows][V];
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t v = 0; v < V; ++v) {
      __builtin_prefetch(out + targets[r] + v * kLanes, /*for writing*/ 1);
      sums[r][v] = at(bias + v * kLanes);
    }
  }
  for (int64_t t = 0; t < taps; ++t, offsets += kRows) {
    const float* rows[kRows];
    for (int64_t r = 0; r < kRows; ++r)
      rows[r] = offsets[r] == kOutside ? zeros : a + offsets[r];
    for (int64_t k = 0; k < depth; ++k, b += V * kLanes) {
      Lanes factors[V];
#pragma GCC unroll 2
      for (int64_t v = 0; v < V; ++v)
        factors[v] = at(b + v * kLanes);
#pragma GCC unroll 8
      for (int64_t r = 0; r < kRows; ++r) {
        const float value = rows[r][k];
#pragma GCC unroll 2
        for (int64_t v = 0; v < V; ++v)
          sums[r][v] += value * factors[v];
      }
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int64_t v = 0; v < V; ++v)
      at(out + targets[r] + v * kLanes) = sums[r][v];
  }
}

template <int64_t V>
inline __attribute__((always_inline)) void add_gathered_outer_columns(const float* a,
                                                                      const float* b,
                                                                      const int32_t* pairs,
                                                                      int64_t count, float* sum,
                                                                      int64_t stride) {
  Lanes sums[kRows][V] = {};
  for (int64_t i = 0; i < count; ++i) {
    const float* left = a + pairs[2 * i];
    const float* right = b + pairs[2 * i + 1];
    Lanes factors[V];
#pragma GCC unroll 2
    for (int64_t v = 0; v < V; ++v)
      factors[v] = at(right + v * kLanes);
#pragma GCC unroll 8
    for (int64_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
      for (int64_t v = 0; v < V; ++v)
        sums[r][v] += left[r] * factors[v];
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int64_t v = 0; v < V; ++v)
      at(sum + r * stride + v * kLanes) += sums[r][v];
  }
}

}  // namespace

LATENT_CLONES
void activate(const float* x, float slope, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes& value = at(x + i);
    at(out + i) = value > 0 ? value : slope * value;
  }
}

LATENT_CLONES
void damp_negative(const float* x, float slope, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kLanes) {
    Lanes& value = at(out + i);
    value = at(x + i) > 0 ? value : slope * value;
  }
}

LATENT_CLONES
void multiply(const float* a, int64_t stride, int64_t rows, int64_t depth, const float* b,
              int64_t columns, float* out) {
  for (int64_t column = 0; column < columns; column += kLanes) {
    int64_t row = 0;
    for (; row + kRows <= rows; row += kRows) {
      Lanes sums[kRows] = {};
      for (int64_t k = 0; k < depth; ++k) {
        const Lanes factor = at(b + k * columns + column);
#pragma GCC unroll 8
        for (int64_t r = 0; r < kRows; ++r)
          sums[r] += a[(row + r) * stride + k] * factor;
      }
#pragma GCC unroll 8
      for (int64_t r = 0; r < kRows; ++r)
        at(out + (row + r) * columns + column) = sums[r];
    }
    for (; row < rows; ++row) {
      Lanes sum = {};
      for (int64_t k = 0; k < depth; ++k)
        sum += a[row * stride + k] * at(b + k * columns + column);
      at(out + row * columns + column) = sum;
    }
  }
}

LATENT_CLONES
void multiply_gathered(const float* a, const float* zeros, const int32_t* offsets, int64_t taps,
                       int64_t depth, const float* b, int64_t columns, const float* bias,
                       float* out, const int32_t* targets) {
  if (columns == kLanes) {
    multiply_gathered_columns<1>(a, zeros, offsets, taps, depth, b, bias, out, targets);
  } else {
    multiply_gathered_columns<2>(a, zeros, offsets, taps, depth, b, bias, out, targets);
  }
}

LATENT_CLONES
void add_gathered_outer_products(const float* a, const float* b, const int32_t* pairs,
                                 int64_t count, int64_t columns, float* sum, int64_t stride) {
  if (columns == kLanes) {
    add_gathered_outer_columns<1>(a, b, pairs, count, sum, stride);
  } else {
    add_gathered_outer_columns<2>(a, b, pairs, count, sum, stride);
  }
}

LATENT_CLONES
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; column += kLanes)
      at(sum + column) += at(a + row * columns + column);
  }
}

bool has_wide_registers() {
#ifdef LATENT_HAS_CLONES
  return __builtin_cpu_supports("x86-64-v4");
#else
  return false;
#endif
}

LATENT_CLONES
void add_outer_products(const float* a, int64_t m, const float* b, int64_t n, int64_t rows,
                        float* sum) {
  for (int64_t column = 0; column < n; column += kLanes) {
    for (int64_t i = 0; i < m; i += kLanes) {
      Lanes sums[kLanes] = {};
      for (int64_t row = 0; row < rows; ++row) {
        const Lanes factor = at(b + row * n + column);
#pragma GCC unroll 16
        for (int64_t k = 0; k < kLanes; ++k)
          sums[k] += a[row * m + i + k] * factor;
      }
#pragma GCC unroll 16
      for (int64_t k = 0; k < kLanes; ++k)
        at(sum + (i + k) * n + column) += sums[k];
    }
  }
}

}  // namespace latent::kernel
