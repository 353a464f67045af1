// How well a score ranks positive examples above negative ones.
#pragma once

#include "core/tensor.h"

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

}  // namespace latent::statistics
