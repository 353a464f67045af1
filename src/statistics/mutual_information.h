// How much one discrete variable says about another, in nats, and how numbers are made discrete.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// Returns the bin of each number, 0 to bins - 1: the range of each column, from its least to its
/// largest number, in bins of equal width. A number on an edge is in the upper bin, the largest one
/// in the last. A column of equal numbers is all in bin 0.
/// x: [N, D] float64, finite, N >= 1.  Returns [N, D] int64.
Tensor equal_width_bins(const Tensor& x, int64_t bins);

/// Returns the number of each value among the different values of its column, in rising order.
/// x: [N, D] float64 or int64, without NaN.  Returns [N, D] int64.
Tensor value_ranks(const Tensor& x);

/// Returns the mutual information of every column of `a` with every column of `b`, estimated by the
/// shares of the pairs of values (the "plug-in" estimate, which is too large by about (values of a
/// - 1) (values of b - 1) / 2N nats).
/// a: [N, Z] int64, b: [N, K] int64, both >= 0.  Returns [Z, K] float64.
Tensor mutual_information(const Tensor& a, const Tensor& b);

/// Returns the entropy of each column.  b: [N, K] int64 >= 0.  Returns [K] float64.
Tensor entropy(const Tensor& b);

}  // namespace latent::statistics
