// Products of matrices whose rows lie at equal distances: the gathered products of simd.h without
// pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/floats.h"

namespace latent::kernel {

/// A matrix of `rows` rows, `stride` floats apart.
struct StridedRows {
  int64_t rows, stride;
};

/// Computes out = a b, for many a of the same sizes and one small b.
class RowProduct {
 public:
  /// b: [depth, columns], columns a multiple of kSimdFloats. Offsets have 32 bits: rows times
  /// either stride must be below 2^31.
  RowProduct(const StridedRows& a, int64_t depth, const float* b, int64_t columns,
             int64_t stride_of_out);

  /// a: if depth is odd, the float behind each row is read as well and must be finite.
  /// gate: null, or as out; out is multiplied by `slope` where gate is not positive.
  void multiply(const float* a, float* out, const float* gate = nullptr, float slope = 1) const;

 private:
  int64_t depth_, columns_;
  Floats b_;  // panel by panel [depth, width]
  Floats zeros_;
  std::vector<int32_t> offsets_, targets_;
};

/// Computes sums += transpose(a) b, for many a and b of the same sizes.
class RowOuterProducts {
 public:
  /// rows: of transpose(a) and the sums; even.  columns: of b and the sums; a multiple of
  /// kSimdFloats.
  RowOuterProducts(const StridedRows& a, int64_t rows, int64_t stride_of_b, int64_t columns);

  /// sums: [rows, columns]
  void add(const float* a, const float* b, float* sums) const;

 private:
  int64_t rows_, columns_;
  std::vector<int32_t> pairs_;
};

}  // namespace latent::kernel
