// Logistic regression for a few hundred features.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

struct Logistic {
  Tensor weights;     // [K] float64
  double offset = 0;  // of the log-odds
  int64_t iterations = 0;
};

/// Minimises sum(weight * log(1 + exp(-y (x . w + b)))) + penalty / 2 |w|^2 by Newton's method with
/// a halved step if the full one overshoots; deterministic, without random numbers.
///
/// x: [N, K] float64, about standardised.  positive: [N] bool.  weight: [N] float64; the penalty is
/// relative to its scale (each side usually sums to 1).
Logistic fit_logistic(const Tensor& x, const Tensor& positive, const Tensor& weight,
                      double penalty = 1e-3);

}  // namespace latent::statistics
