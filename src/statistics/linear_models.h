// Linear classifiers and regressors for a few thousand features; deterministic, without random
// numbers.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// Scales features to mean 0 and about variance 1, measured on the rows given to the constructor. A
/// feature that hardly varies compared with the others is divided by a tenth of their root mean
/// square deviation instead of its own, so that an unused latent or a border pixel is not
/// amplified.
struct Standardizer {
  Tensor center, scale;  // [D] float32

  /// x: [N, D], N >= 1.
  explicit Standardizer(const Tensor& x);
  /// x: [N, D].  Returns [N, D] float32.
  Tensor apply(const Tensor& x) const;
};

/// Multinomial logistic regression.
struct SoftmaxRegression {
  Tensor weights;  // [D + 1, C] float32, the last row the offsets

  /// x: [N, D].  Returns the most probable classes, [N] int64.
  Tensor predict(const Tensor& x) const;
};

/// Minimises sum(-log p(class | x)) + penalty / 2 |weights|^2 (offsets are free) by L-BFGS, at most
/// 200 steps from zero.
/// x: [N, D] float32, about standardised.  classes: [N] int64 in [0, count).
/// Source: Liu and Nocedal 1989; torch::optim::LBFGS.
SoftmaxRegression fit_softmax(const Tensor& x, const Tensor& classes, int64_t count,
                              double penalty = 1.0);

/// Linear regression with a penalty.
struct Ridge {
  Tensor weights;  // [D + 1] float64, the last the offset

  /// x: [N, D].  Returns [N] float64.
  Tensor predict(const Tensor& x) const;
};

/// Minimises sum((y - x w - b)^2) + penalty |w|^2, exactly.  x: [N, D].  y: [N].
/// Source: Hoerl and Kennard 1970.
Ridge fit_ridge(const Tensor& x, const Tensor& y, double penalty = 1.0);

}  // namespace latent::statistics
