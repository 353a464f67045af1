// Matrix products of bfloat16 with sums in fp32, by the instructions that multiply pairs of them:
// tiles (AMX), vectors (AVX512-BF16), or plain arithmetic that gives the same results as the
// vectors.
#pragma once

#include <cstdint>

#include "kernel/bf16.h"

namespace latent::kernel {

enum class PairArithmetic {
  kEmulated,  // on any processor
  kVectors,   // vdpbf16ps
  kTiles,     // tdpbf16ps
};

/// Returns true if the processor and LATENT_KERNELS (kernel/allowed.h) permit it.
bool is_available(PairArithmetic arithmetic);
/// Returns the fastest one available, or the one set.
PairArithmetic pair_arithmetic();
/// For tests and benchmarks, which compare them. It must be available, and no product be running.
void set_pair_arithmetic(PairArithmetic arithmetic);

/// The depth of a product is a multiple of this: that of a tile.
constexpr int64_t kPairDepth = 32;
/// So is the number of rows of this.
constexpr int64_t kPairRows = 16;

/// sums[r][c] = the sum over k of a[r][k] * b[k / 2][c][k % 2], added to sums[r][c] if `adds`.
struct PairProduct {
  const Bf16* a;  // [rows, depth]
  int64_t stride_of_a;
  const Bf16* b;        // [depth / 2, columns, 2]
  int64_t stride_of_b;  // in pairs
  float* sums;          // [rows, columns]
  int64_t stride_of_sums;
  int64_t rows, columns, depth;  // multiples of kPairRows, kSimdFloats and kPairDepth
  bool adds;
};
/// A TileScope must exist in this thread.
void multiply_pairs(const PairProduct& product);

/// Prepares the thread's tile registers, if they are needed and used, and releases them. One inside
/// another does nothing. LibTorch's operations must not run meanwhile in this thread: they prepare
/// them for themselves.
class TileScope {
 public:
  explicit TileScope(bool is_needed = true);
  ~TileScope();
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;

 private:
  bool is_counted_;
};

}  // namespace latent::kernel
