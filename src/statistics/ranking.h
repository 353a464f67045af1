// How well a score ranks positive examples above negative ones.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// The probability that a positive image scores above a negative one, equal scores counting half:
/// 0.5 says nothing, 1 separates fully.
/// scores: [N].  positive: [N] bool, with both values.
/// Source: Mann and Whitney 1947; the area under the receiver's operating characteristic.
double auroc(const Tensor& scores, const Tensor& positive);

/// The area under precision over recall, in steps: the mean of the precision at each positive, from
/// the highest score down, equal scores counting as one step. The share of the positives for a
/// score that says nothing, 1 for one that separates fully. scores: [N].  positive: [N] bool, with
/// both values.  Source: Davis and Goadrich 2006.
double average_precision(const Tensor& scores, const Tensor& positive);

}  // namespace latent::statistics
