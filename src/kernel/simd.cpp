#include "kernel/simd.h"

#include "kernel/allowed.h"
#include "kernel/simd_clones.h"
#include "kernel/simd_tiles.h"

namespace latent::kernel {
namespace {

using FloatProduct = GatheredProduct<float, float>;

// Writes R rows of a product to their targets; rows without a target are dropped.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void put_rows(const FloatProduct& p, const int32_t* targets,
                                            int64_t column, Lanes (&sums)[R][V]) {
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

// Some rows of b, which stay in the first cache while the rows of some groups are multiplied by
// them: rows k, ..., k + depth - 1 of a tap.
struct DepthPart {
  int64_t tap, k, depth;
  bool is_first, is_last;
};

// Adds the products with one part of b to the sums of groups begin, ..., end - 1, tile by tile of R
// rows and V vectors of columns. Between parts the sums are kept in `unfinished`.
template <int64_t R, int64_t V, int64_t W>
[[gnu::always_inline]] inline void multiply_part(const FloatProduct& p, const DepthPart& part,
                                                 int64_t begin, int64_t end, float* unfinished) {
  constexpr int64_t kColumns = W * kSimdFloats;
  for (int64_t row = begin * kRows; row < end * kRows; row += R) {
    const int32_t* offsets = p.offsets + (row / kRows * p.taps + part.tap) * kRows + row % kRows;
    const float* rows[R];
    for (int64_t r = 0; r < R; ++r)
      rows[r] = (offsets[r] == kOutside ? p.zeros : p.a + offsets[r]) + part.k;
    for (int64_t column = 0; column < kColumns; column += V * kSimdFloats) {
      const float* b = p.b + (part.tap * p.depth + part.k) * kColumns + column;
      float* kept = unfinished + (row - begin * kRows) * kColumns + column;
      Lanes sums[R][V];
      load_rows(part.is_first ? p.bias + column : kept, part.is_first ? 0 : kColumns, sums);
      multiply_rows(rows, part.depth, b, kColumns, sums);
      if (part.is_last) {
        put_rows(p, p.targets + row, column, sums);
      } else {
        store_rows(sums, kept, kColumns);
      }
    }
  }
}

// Multiplies groups begin, ..., end - 1 by all of b, whose rows are W vectors long.
template <int64_t R, int64_t V, int64_t W>
[[gnu::always_inline]] inline void multiply_groups(const FloatProduct& p, int64_t begin,
                                                   int64_t end, float* unfinished) {
  static_assert(kRows % R == 0 && W % V == 0);
  constexpr int64_t kDepth = 64;
  for (int64_t tap = 0; tap < p.taps; ++tap) {
    for (int64_t k = 0; k < p.depth; k += kDepth) {
      const int64_t depth = p.depth - k < kDepth ? p.depth - k : kDepth;
      const bool is_last = tap == p.taps - 1 && k + depth == p.depth;
      multiply_part<R, V, W>(p, {tap, k, depth, tap == 0 && k == 0, is_last}, begin, end,
                             unfinished);
    }
  }
}

template <int64_t R, int64_t V, int64_t W>
[[gnu::always_inline]] inline void multiply_all_groups(const FloatProduct& p) {
  constexpr int64_t kGroups = 4;
  alignas(64) float unfinished[kGroups * kRows * W * kSimdFloats];
  for (int64_t begin = 0; begin < p.groups; begin += kGroups) {
    const int64_t end = begin + kGroups < p.groups ? begin + kGroups : p.groups;
    multiply_groups<R, V, W>(p, begin, end, unfinished);
  }
}

// The sums of a tile fill most of the 32 registers. The wider its rows are, the fewer single values
// of `a` must be broadcast to a register.
LATENT_AVX512 void multiply_wide(const FloatProduct& p) {
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

// Tiles for sixteen registers of eight floats, or of fewer.
LATENT_CLONES("arch=x86-64-v3")
void multiply_narrow(const FloatProduct& p) {
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

// Adds to rows row, ..., row + R - 1 of the sums, which stay in registers.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void add_outer_rows(const GatheredOuterProducts& p, int64_t row,
                                                  int64_t column) {
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

// Takes R rows and V vectors at a time, and the remaining rows by fours and twos.
template <int64_t R, int64_t V>
[[gnu::always_inline]] inline void add_outer_columns(const GatheredOuterProducts& p) {
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

LATENT_CLONES("arch=x86-64-v3")
void add_outer_narrow(const GatheredOuterProducts& p) { add_outer_columns<6, 1>(p); }

}  // namespace

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void activate(const float* x, float slope, int64_t count, float* out) {
  for (int64_t i = 0; i < count; i += kSimdFloats) {
    const Lanes& value = at(x + i);
    at(out + i) = value > 0 ? value : slope * value;
  }
}

void multiply_gathered(const FloatProduct& product) {
  for (int64_t column = 0, width = 0; column < product.columns; column += width) {
    width = panel_width(product.columns, column);
    FloatProduct panel = product;
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

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
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
