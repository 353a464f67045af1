// Measures of prediction with their confidence intervals.
#pragma once

#include <ATen/core/Generator.h>

#include "core/tensor.h"

namespace latent::statistics {

/// A measure with its 95% confidence interval.
struct Measured {
  double value = 0, low = 0, high = 0;
};

/// Returns the share of `hits` among `trials` >= 1, with Wilson's interval, which stays in [0, 1].
/// Source: Wilson 1927.
Measured share(int64_t hits, int64_t trials);

/// Returns the share of the variance of `truth` that `predicted` explains, both [N] float64: 1 is
/// perfect, 0 as good as the mean, negative worse. The interval lies between the 2.5% and 97.5%
/// quantiles of 1000 resamples, drawn from `noise`; resamples in which the truth does not vary are
/// left out. NaN if it does not vary at all. Source: Efron 1979.
Measured r_squared(const Tensor& truth, const Tensor& predicted, at::Generator noise);

}  // namespace latent::statistics
