// How well a score ranks positive examples above negative ones.
#pragma once

#include <vector>

#include "core/tensor.h"
#include "statistics/confidence.h"

namespace latent::statistics {

/// Returns the probability that a positive image scores above a negative one; equal scores count
/// half. 0.5 is chance, 1 is a perfect separation.
/// scores: [N].  positive: [N] bool, with both values.
/// Source: Mann and Whitney 1947; the area under the receiver operating characteristic.
double auroc(const Tensor& scores, const Tensor& positive);

/// Returns the area under precision over recall, in steps: the mean of the precision at each
/// positive, from the highest score down; equal scores count as one step. Chance is the share of
/// the positives, 1 is a perfect separation. scores: [N].  positive: [N] bool, with both values.
/// Source: Davis and Goadrich 2006.
double average_precision(const Tensor& scores, const Tensor& positive);

/// A figure of a ranking, and how much each example moves it.
struct RankingFigure {
  double value = 0;
  Tensor influence;  // [N] float64: its derivative by the weight of each example; they sum to 0
};

/// Returns `auroc` with the influences.  scores, positive: as for `auroc`.
RankingFigure auroc_figure(const Tensor& scores, const Tensor& positive);

/// Returns `average_precision` with the influences.  scores, positive: as for `auroc`.
RankingFigure average_precision_figure(const Tensor& scores, const Tensor& positive);

/// Returns the mean of figures of the same N examples with its 95% interval, which lies in [0, 1]:
/// what would vary with other examples, but not with other rankings. It accounts for figures that
/// depend on the same examples. One figure alone has the interval that DeLong's method gives, but
/// for a factor of (n - 1) / n in the variance.
/// figures: at least one.  Source: the infinitesimal jackknife, Jaeckel 1972; DeLong et al. 1988.
Measured mean_figure(const std::vector<RankingFigure>& figures);

/// Returns the mean of a[i] - b[i] with its 95% interval, for figures of the same N examples.
Measured mean_difference(const std::vector<RankingFigure>& a, const std::vector<RankingFigure>& b);

}  // namespace latent::statistics
