#include "kernel/pair_product.h"

#include <atomic>

#include "kernel/pair_instructions.h"
#include "kernel/simd.h"
#include "kernel/simd_clones.h"
#include "kernel/simd_pairs.h"
#include "kernel/simd_tiles.h"

namespace latent::kernel {
namespace {

// Sets numbers too small for a normal exponent to zero, as the instruction does.
[[gnu::always_inline]] inline void flush(Lanes& x) {
  constexpr uint32_t kExponent = 0x7F800000, kSign = 0x80000000;
  const auto bits = reinterpret_cast<PairLanes>(x);
  x = reinterpret_cast<Lanes>((bits & kExponent) == 0 ? bits & kSign : bits);
}

// Adds the products of the lower halves of a and b, or of the upper ones.
template <bool is_upper>
[[gnu::always_inline]] inline void add_half(const PairLanes& a, const PairLanes& b, Lanes& sum) {
  Lanes left = reinterpret_cast<Lanes>(is_upper ? a & 0xFFFF0000U : a << 16);
  Lanes right = reinterpret_cast<Lanes>(is_upper ? b & 0xFFFF0000U : b << 16);
  flush(left);
  flush(right);
  sum += left * right;  // the product is exact
  flush(sum);
}

LATENT_CLONES("arch=x86-64-v4", "arch=x86-64-v3")
void multiply_emulated(const PairProduct& p) {
  for (int64_t row = 0; row < p.rows; ++row) {
    const auto* a = reinterpret_cast<const uint16_t*>(p.a + row * p.stride_of_a);
    for (int64_t column = 0; column < p.columns; column += kSimdFloats) {
      float* to = p.sums + row * p.stride_of_sums + column;
      Lanes sum = {};
      if (p.adds) sum = at(to);
      for (int64_t k = 0; k < p.depth; k += 2) {
        const PairLanes left = PairLanes{} + (a[k] | static_cast<uint32_t>(a[k + 1]) << 16);
        const PairLanes& right = pair_lanes(p.b + 2 * (k / 2 * p.stride_of_b + column));
        add_half<true>(left, right, sum);
        add_half<false>(left, right, sum);
      }
      at(to) = sum;
    }
  }
}

std::atomic<PairArithmetic>& chosen() {
  static std::atomic<PairArithmetic> arithmetic =
      is_available(PairArithmetic::kTiles)     ? PairArithmetic::kTiles
      : is_available(PairArithmetic::kVectors) ? PairArithmetic::kVectors
                                               : PairArithmetic::kEmulated;
  return arithmetic;
}

// The number of scopes in this thread that need tiles.
thread_local int scopes = 0;

}  // namespace

bool is_available(PairArithmetic arithmetic) {
  static const bool vectors = has_wide_registers() && processor_has_vectors();
  static const bool tiles = has_wide_registers() && processor_has_tiles();
  switch (arithmetic) {
    case PairArithmetic::kTiles:
      return tiles;
    case PairArithmetic::kVectors:
      return vectors;
    default:
      return true;
  }
}

PairArithmetic pair_arithmetic() { return chosen(); }

void set_pair_arithmetic(PairArithmetic arithmetic) { chosen() = arithmetic; }

void multiply_pairs(const PairProduct& product) {
  switch (pair_arithmetic()) {
    case PairArithmetic::kTiles:
      return multiply_by_tiles(product);
    case PairArithmetic::kVectors:
      return multiply_by_vectors(product);
    default:
      return multiply_emulated(product);
  }
}

TileScope::TileScope(bool is_needed)
    : is_counted_(is_needed && pair_arithmetic() == PairArithmetic::kTiles) {
  if (is_counted_ && scopes++ == 0) prepare_tiles();
}

TileScope::~TileScope() {
  if (is_counted_ && --scopes == 0) release_tiles();
}

}  // namespace latent::kernel
