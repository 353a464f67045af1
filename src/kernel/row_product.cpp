#include "kernel/row_product.h"

#include <algorithm>

#include "kernel/simd.h"

namespace latent::kernel {

RowProduct::RowProduct(const StridedRows& a, int64_t depth, const float* b, int64_t columns,
                       int64_t stride_of_out)
    : depth_((depth + 1) / 2 * 2),
      columns_(columns),
      b_(static_cast<size_t>(depth_ * columns), 0.0F),
      zeros_(static_cast<size_t>(std::max({depth_, columns, kMaxColumns})), 0.0F) {
  float* panel = b_.data();
  for (int64_t column = 0, width = 0; column < columns; column += width) {
    width = panel_width(columns, column);
    for (int64_t k = 0; k < depth; ++k)
      std::copy_n(b + k * columns + column, width, panel + k * width);
    panel += depth_ * width;
  }
  const int64_t groups = (a.rows + kRows - 1) / kRows;
  offsets_.assign(static_cast<size_t>(groups * kRows), kOutside);
  targets_.assign(static_cast<size_t>(groups * kRows), kOutside);
  for (int64_t row = 0; row < a.rows; ++row) {
    offsets_[static_cast<size_t>(row)] = static_cast<int32_t>(row * a.stride);
    targets_[static_cast<size_t>(row)] = static_cast<int32_t>(row * stride_of_out);
  }
}

void RowProduct::multiply(const float* a, float* out, const float* gate, float slope) const {
  multiply_gathered({.a = a,
                     .zeros = zeros_.data(),
                     .offsets = offsets_.data(),
                     .taps = 1,
                     .depth = depth_,
                     .b = b_.data(),
                     .columns = columns_,
                     .bias = zeros_.data(),
                     .out = out,
                     .targets = targets_.data(),
                     .groups = static_cast<int64_t>(targets_.size()) / kRows,
                     .gate = gate,
                     .slope = slope});
}

RowOuterProducts::RowOuterProducts(const StridedRows& a, int64_t rows, int64_t stride_of_b,
                                   int64_t columns)
    : rows_(rows), columns_(columns) {
  for (int64_t row = 0; row < a.rows; ++row) {
    pairs_.push_back(static_cast<int32_t>(row * a.stride));
    pairs_.push_back(static_cast<int32_t>(row * stride_of_b));
  }
}

void RowOuterProducts::add(const float* a, const float* b, float* sums) const {
  add_gathered_outer_products({.a = a,
                               .b = b,
                               .pairs = pairs_.data(),
                               .count = static_cast<int64_t>(pairs_.size()) / 2,
                               .rows = rows_,
                               .columns = columns_,
                               .sum = sums,
                               .stride = columns_});
}

}  // namespace latent::kernel
