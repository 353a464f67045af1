// Gradient-boosted decision trees for classes: small trees, each correcting those before it, on
// features that are sorted into bins once.
#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "statistics/boosted_tree.h"

namespace latent::statistics {

/// The defaults are those of scikit-learn's GradientBoostingClassifier.
struct BoostingOptions {
  int64_t stages = 100;  // with a tree for each class; two classes share one
  int64_t depth = 3;     // at most 6
  double rate = 0.1;     // the share of each correction that is applied
};

struct BoostedTrees {
  int64_t features = 0;
  std::vector<double> start;       // of each score: the logarithm of the class's share
  std::vector<BoostedTree> trees;  // of stage 0 for each score, then of stage 1, ...
  int64_t classes = 0;
  /// How much each feature reduced the squared errors, summing to 1; all 0 if no tree was split.
  Tensor importances;  // [D] float64

  /// Returns the most probable classes.  x: [M, D].  Returns [M] int64.
  Tensor predict(const Tensor& x) const;
};

/// Fits trees to the multinomial deviance (two classes: the binomial one): each tree is grown to
/// the residuals by least squares, and each leaf is one Newton step.
///
/// Deterministic, without random numbers; features with at most kExactBins different values are
/// split exactly, others at quantiles.
/// x: [N, D] finite.  classes: [N] int64 in [0, count); a class without examples is never
/// predicted. Returns the model.  Source: Friedman 2001, "Greedy function approximation";
/// histograms as in Ke et al. 2017, LightGBM.
BoostedTrees fit_boosted_trees(const Tensor& x, const Tensor& classes, int64_t count,
                               const BoostingOptions& options = {});

}  // namespace latent::statistics
