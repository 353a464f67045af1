#include "kernel/row_product.h"

#include <algorithm>
#include <type_traits>

#include "kernel/simd.h"

namespace latent::kernel {

template <typename In>
RowProduct<In>::RowProduct(const StridedRows& a, int64_t depth, const float* b, int64_t columns,
                           int64_t stride_of_out)
    : depth_(sizeof(In) == sizeof(float) ? packed_depth<In>(depth) : depth),
      columns_(columns),
      b_(static_cast<size_t>(packed_depth<In>(depth) * columns), number<In>(0)),
      zeros_(static_cast<size_t>(std::max({depth_, columns, kMaxColumns})), number<In>(0)),
      no_bias_(static_cast<size_t>(columns), 0.0F) {
  In* panel = b_.data();
  for (int64_t column = 0, width = 0; column < columns; column += width) {
    width = panel_width(columns, column);
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t c = 0; c < width; ++c)
        panel[packed_index<In>(k, c, width)] = number<In>(b[k * columns + column + c]);
    }
    panel += packed_depth<In>(depth) * width;
  }
  const int64_t groups = (a.rows + kRows - 1) / kRows;
  offsets_.assign(static_cast<size_t>(groups * kRows), kOutside);
  targets_.assign(static_cast<size_t>(groups * kRows), kOutside);
  for (int64_t row = 0; row < a.rows; ++row) {
    offsets_[static_cast<size_t>(row)] = static_cast<int32_t>(row * a.stride);
    targets_[static_cast<size_t>(row)] = static_cast<int32_t>(row * stride_of_out);
  }
}

template <typename In>
template <typename Out>
void RowProduct<In>::multiply(const In* a, Out* out, const Out* gate, float slope) const {
  multiply_gathered(
      GatheredProduct<In, Out>{.a = a,
                               .zeros = zeros_.data(),
                               .offsets = offsets_.data(),
                               .taps = 1,
                               .depth = depth_,
                               .b = b_.data(),
                               .columns = columns_,
                               .bias = no_bias_.data(),
                               .out = out,
                               .targets = targets_.data(),
                               .groups = static_cast<int64_t>(targets_.size()) / kRows,
                               .gate = gate,
                               .slope = slope});
}

template <typename In>
RowOuterProducts<In>::RowOuterProducts(const StridedRows& a, int64_t rows, int64_t stride_of_b,
                                       int64_t columns)
    : rows_(rows), columns_(columns) {
  for (int64_t row = 0; row < a.rows; ++row) {
    left_.push_back(static_cast<int32_t>(row * a.stride));
    right_.push_back(static_cast<int32_t>(row * stride_of_b));
    pairs_.push_back(left_.back());
    pairs_.push_back(right_.back());
  }
}

template <typename In>
void RowOuterProducts<In>::add(const In* a, const In* b, float* sums) const {
  const auto count = static_cast<int64_t>(left_.size());
  if constexpr (std::is_same_v<In, Bf16>) {
    add_gathered_outer_products(GatheredTapProducts{.a = a,
                                                    .b = b,
                                                    .left = left_.data(),
                                                    .right = right_.data(),
                                                    .stride_of_right = count,
                                                    .count = count,
                                                    .taps = 1,
                                                    .rows = rows_,
                                                    .columns = columns_,
                                                    .sums = sums});
  } else {
    add_gathered_outer_products(GatheredOuterProducts{.a = a,
                                                      .b = b,
                                                      .pairs = pairs_.data(),
                                                      .count = count,
                                                      .rows = rows_,
                                                      .columns = columns_,
                                                      .sum = sums,
                                                      .stride = columns_});
  }
}

template class RowProduct<float>;
template class RowProduct<Bf16>;
template class RowOuterProducts<float>;
template class RowOuterProducts<Bf16>;
template void RowProduct<float>::multiply(const float*, float*, const float*, float) const;
template void RowProduct<Bf16>::multiply(const Bf16*, Bf16*, const Bf16*, float) const;
template void RowProduct<Bf16>::multiply(const Bf16*, float*, const float*, float) const;

}  // namespace latent::kernel
