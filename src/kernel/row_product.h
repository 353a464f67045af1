// Products of matrices whose rows lie at equal distances: the gathered products of simd.h without
// pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/floats.h"

namespace latent::kernel {

/// A matrix of `rows` rows, `stride` numbers apart.
struct StridedRows {
  int64_t rows, stride;
};

/// Computes out = a b, for many a of the same sizes and one small b. In: float or Bf16.
template <typename In>
class RowProduct {
 public:
  /// b: [depth, columns], columns a multiple of kSimdFloats. Offsets have 32 bits: rows times
  /// either stride must be below 2^31.
  RowProduct(const StridedRows& a, int64_t depth, const float* b, int64_t columns,
             int64_t stride_of_out);

  /// a: floats; if depth is odd, the one behind each row is read as well and must be finite.
  /// out: of floats, or of In.
  /// gate: null, or as out; out is multiplied by `slope` where gate is not positive.
  template <typename Out>
  void multiply(const In* a, Out* out, const Out* gate = nullptr, float slope = 1) const;

 private:
  int64_t depth_, columns_;
  Numbers<In> b_;  // panel by panel
  Numbers<In> zeros_;
  Floats no_bias_;
  std::vector<int32_t> offsets_, targets_;
};

/// Computes sums += transpose(a) b, for many a and b of the same sizes.
template <typename In>
class RowOuterProducts {
 public:
  /// rows: of transpose(a) and the sums; even, for Bf16 a multiple of
  /// kSimdFloats.  columns: of b and the sums; a multiple of
  /// kSimdFloats.
  RowOuterProducts(const StridedRows& a, int64_t rows, int64_t stride_of_b, int64_t columns);

  /// sums: [rows, columns]
  void add(const In* a, const In* b, float* sums) const;

 private:
  int64_t rows_, columns_;
  std::vector<int32_t> left_, right_;  // for Bf16: of a, of b
  std::vector<int32_t> pairs_;         // for floats: of both
};

}  // namespace latent::kernel
