// A linear classifier that sees one number, as scikit-learn's LinearSVC fits it.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// A score for each class, of which the highest wins; two classes share one.
struct LineSvm {
  Tensor slope, offset;  // [C], or [1] for two classes; float64
  Tensor classes;        // [C] int64: those that the examples had, rising

  /// x: [M].  Returns [M] int64.
  Tensor predict(const Tensor& x) const;
};

/// Minimises for each class against the rest
///   (w^2 + b^2) / 2 + sum(cost_i max(0, 1 - y_i (w x_i + b))^2)
/// by Newton's method. The offset b is penalised too, as in LIBLINEAR; examples of a class weigh
/// cost * N / (C N_class), the rest of several classes `cost`, the rest of two classes as its own.
/// x: [N] finite.  classes: [N] int64.  Source: Fan et al. 2008, LIBLINEAR.
LineSvm fit_line_svm(const Tensor& x, const Tensor& classes, double cost);

}  // namespace latent::statistics
