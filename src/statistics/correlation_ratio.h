// How much of the spread of points lies between groups of them.
#pragma once

#include "core/tensor.h"

namespace latent::statistics {

/// Returns the share of the variance of points that groups explain: 0 if their means are equal, 1
/// if each group is a single point. Corrected for the number of groups, since many small groups
/// explain a share by chance; then chance is about 0, below which it may lie.
///
/// points: [N, D], each column counted after it is divided by its deviation.  groups: [N] int64
/// from 0 on, or negative: left out.  Returns 0 for fewer than two groups, or as many as points.
/// Source: Kelley 1935, epsilon squared; the uncorrected share is Pearson's correlation ratio.
double correlation_ratio(const Tensor& points, const Tensor& groups);

/// Sorts numbers into `most` groups of about equal size: [N] int64, -1 where they are not finite.
/// values: [N].
Tensor quantile_groups(const Tensor& values, int64_t most);

}  // namespace latent::statistics
