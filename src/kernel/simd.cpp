#include "kernel/simd.h"

#include "kernel/allowed.h"

// GCC chooses among the clones by the processor when the program is loaded, before a sanitizer
// could follow.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__AVX512F__)
#define LATENT_HAS_CLONES
#define LATENT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define LATENT_NARROW_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#define LATENT_AVX512                                                               \
  __attribute__((                                                                   \
      target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt," \
             "movbe,f16c,popcnt")))
#else
#define LATENT_CLONES
#define LATENT_NARROW_CLONES
#define LATENT_AVX512
#endif

#define LATENT_INLINE inline __attribute__((always_inline))

namespace latent::kernel {
namespace {

// Sixteen floats, at any address.
using Lanes = float
    __attribute__((vector_size(kSimdFloats * sizeof(float)), aligned(alignof(float)), may_alias));

// By reference: returned as values they would need an ABI that not every processor has.
LATENT_INLINE const Lanes& at(const float* x) { return *reinterpret_cast<const Lanes*>(x); }
LATENT_INLINE Lanes& at(float* x) { return *reinterpret_cast<Lanes*>(x); }

// sums += a b for R rows and V vectors of columns; they stay in registers. Two steps at a time
// leave more of the processor's slots to products.
template <int64_t R, int64_t V>
LATENT_INLINE void multiply_rows(const float* const* a, int64_t depth, const float* b,
                                 int64_t stride, Lanes (&sums)[R][V]) {
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

// Writes R rows of a product to their places.
template <int64_t R, int64_t V>
LATENT_INLINE void put_rows(const GatheredProduct& p, const int32_t* targets, int64_t column,
                            Lanes (&sums)[R][V]) {
  if (p.gate != nullptr) {
#pragma GCC unroll 12
    for (int64_t r = 0; r < R; ++r) {
      const float* gate = targets[r] == kOutside ? p.zeros : p.gate + targets[r] + column;
#pragma GCC unroll 4
      for (int64_t v = 0; v < V; ++v)
        sums[r][v] = at(gate + v * kSimdFloats) > 0 ? sums[r][v] : p.slope * sums[r][v];
    }
  }
  float nowhere[V * kSimdFloats];
#pragma GCC unroll 12
  for (int64_t r = 0; r < R; ++r) {
    float* out = targets[r] == kOutside ? nowhere : p.out + targets[r] + column;
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      at(out + v * kSimdFloats) = sums[r][v];
  }
}

// R rows at a time, of W vectors of columns V. A part of b stays in the first cache while all rows
// of some groups meet it.
template <int64_t R, int64_t V, int64_t W>
LATENT_INLINE void multiply_groups(const GatheredProduct& p, int64_t begin, int64_t end,
                                   float* unfinished) {
  static_assert(kRows % R == 0 && W % V == 0);
  constexpr int64_t kDepth = 64, kColumns = W * kSimdFloats;
  for (int64_t t = 0; t < p.taps; ++t) {
    for (int64_t k = 0; k < p.depth; k += kDepth) {
      const int64_t depth = p.depth - k < kDepth ? p.depth - k : kDepth;
      const bool is_first = t == 0 && k == 0;
      const bool is_last = t == p.taps - 1 && k + depth == p.depth;
      for (int64_t row = begin * kRows; row < end * kRows; row += R) {
        const int32_t* offsets = p.offsets + (row / kRows * p.taps + t) * kRows + row % kRows;
        const float* rows[R];
        for (int64_t r = 0; r < R; ++r)
          rows[r] = (offsets[r] == kOutside ? p.zeros : p.a + offsets[r]) + k;
        for (int64_t column = 0; column < kColumns; column += V * kSimdFloats) {
          const float* b = p.b + (t * p.depth + k) * kColumns + column;
          float* kept = unfinished + (row - begin * kRows) * kColumns + column;
          const float* start = is_first ? p.bias + column : kept;
          const int64_t stride = is_first ? 0 : kColumns;
          Lanes sums[R][V];
#pragma GCC unroll 12
          for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
            for (int64_t v = 0; v < V; ++v)
              sums[r][v] = at(start + r * stride + v * kSimdFloats);
          }
          multiply_rows(rows, depth, b, kColumns, sums);
          if (is_last) {
            put_rows(p, p.targets + row, column, sums);
            continue;
          }
#pragma GCC unroll 12
          for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
            for (int64_t v = 0; v < V; ++v)
              at(kept + r * kColumns + v * kSimdFloats) = sums[r][v];
          }
        }
      }
    }
  }
}

template <int64_t R, int64_t V, int64_t W>
LATENT_INLINE void multiply_all_groups(const GatheredProduct& p) {
  constexpr int64_t kGroups = 4;
  alignas(64) float unfinished[kGroups * kRows * W * kSimdFloats];
  for (int64_t begin = 0; begin < p.groups; begin += kGroups) {
    const int64_t end = begin + kGroups < p.groups ? begin + kGroups : p.groups;
    multiply_groups<R, V, W>(p, begin, end, unfinished);
  }
}

// The sums of a tile fill most of the 32 registers. The wider its rows are, the fewer single values
// of `a` must be spread over a register.
LATENT_AVX512 void multiply_wide(const GatheredProduct& p) {
  switch (p.columns / kSimdFloats) {
    case 1:
      multiply_all_groups<12, 1, 1>(p);
      break;
    case 2:
      multiply_all_groups<12, 2, 2>(p);
      break;
    default:
      multiply_all_groups<6, 4, 4>(p);
      break;
  }
}

// With sixteen registers of eight floats, or smaller ones.
LATENT_NARROW_CLONES
void multiply_narrow(const GatheredProduct& p) {
  switch (p.columns / kSimdFloats) {
    case 1:
      multiply_all_groups<6, 1, 1>(p);
      break;
    case 2:
      multiply_all_groups<6, 1, 2>(p);
      break;
    default:
      multiply_all_groups<6, 1, 4>(p);
      break;
  }
}

// Rows row, ..., row + R - 1 of the sums, which stay in registers.
template <int64_t R, int64_t V>
LATENT_INLINE void add_outer_rows(const GatheredOuterProducts& p, int64_t row, int64_t column) {
  Lanes sums[R][V] = {};
  const int32_t* pair = p.pairs;
  for (int64_t i = 0; i < p.count; ++i, pair += 2) {
    const float* left = p.a + pair[0] + row;
    const float* right = p.b + pair[1] + column;
    Lanes factors[V];
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      factors[v] = at(right + v * kSimdFloats);
#pragma GCC unroll 8
    for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
      for (int64_t v = 0; v < V; ++v)
        sums[r][v] += left[r] * factors[v];
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < V; ++v)
      at(p.sum + (row + r) * p.stride + column + v * kSimdFloats) += sums[r][v];
  }
}

// R rows and V vectors at a time; rows that are left over by fours and twos.
template <int64_t R, int64_t V>
LATENT_INLINE void add_outer_columns(const GatheredOuterProducts& p) {
  for (int64_t column = 0; column < p.columns; column += V * kSimdFloats) {
    int64_t row = 0;
    for (; row + R <= p.rows; row += R)
      add_outer_rows<R, V>(p, row, column);
    for (; row + 4 <= p.rows; row += 4)
      add_outer_rows<4, V>(p, row, column);
    for (; row < p.rows; row += 2)
      add_outer_rows<2, V>(p, row, column);
  }
}

LATENT_AVX512 void add_outer_wide(const GatheredOuterProducts& p) {
  switch (p.columns / kSimdFloats) {
    case 1:
      add_outer_columns<8, 1>(p);
      break;
    case 2:
      add_outer_columns<8, 2>(p);
      break;
    default:
      add_outer_columns<6, 4>(p);
      break;
  }
}

LATENT_NARROW_CLONES
void add_outer_narrow(const GatheredOuterProducts& p) { add_outer_columns<6, 1>(p); }

}  // namespace

LATENT_CLONES
void activate(const float* x, float slope, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kSimdFloats) {
    const Lanes& value = at(x + i);
    at(out + i) = value > 0 ? value : slope * value;
  }
}

void multiply_gathered(const GatheredProduct& product) {
  for (int64_t column = 0, width = 0; column < product.columns; column += width) {
    width = panel_width(product.columns, column);
    GatheredProduct panel = product;
    panel.columns = width;
    panel.b += product.taps * product.depth * column;
    panel.bias += column;
    panel.out += column;
    if (panel.gate != nullptr) panel.gate += column;
    has_wide_registers() ? multiply_wide(panel) : multiply_narrow(panel);
  }
}

void add_gathered_outer_products(const GatheredOuterProducts& products) {
  for (int64_t column = 0, width = 0; column < products.columns; column += width) {
    width = panel_width(products.columns, column);
    GatheredOuterProducts panel = products;
    panel.columns = width;
    panel.b += column;
    panel.sum += column;
    has_wide_registers() ? add_outer_wide(panel) : add_outer_narrow(panel);
  }
}

LATENT_CLONES
void add_rows(const float* a, int64_t rows, int64_t columns, float* sum) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; column += kSimdFloats)
      at(sum + column) += at(a + row * columns + column);
  }
}

bool has_wide_registers() {
  static const bool may_be_wide = allowed() == Allowed::kAll;
  if (!may_be_wide) return false;
#if defined(__AVX512F__)
  return true;
#elif defined(LATENT_HAS_CLONES)
  return __builtin_cpu_supports("x86-64-v4");
#else
  return false;
#endif
}

}  // namespace latent::kernel
