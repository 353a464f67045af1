// The kernel distance between two sets of features: a mean discrepancy without a bias.
#pragma once

#include <ATen/core/Generator.h>

#include "core/tensor.h"
#include "statistics/confidence.h"

namespace latent::statistics {

struct KernelDistanceOptions {
  int64_t subsets = 100;
  int64_t size = 1000;  // of a subset; half the features if they are fewer than twice as many
};

struct KernelDistance {
  double value = 0;      // the mean over the subsets
  double deviation = 0;  // the standard deviation over the subsets
  int64_t size = 0;      // of a subset
  Interval interval;     // of the mean
};

/// Returns the unbiased estimate of the squared maximum mean discrepancy for the kernel
/// (x . y / D + 1)^3.  a, b: [N, D] and [M, D], both of 2 rows or more.
///
/// Values just below 0 are right where the distributions are equal. Source: Binkowski et al. 2018,
/// arXiv:1801.01401.
double squared_discrepancy(const Tensor& a, const Tensor& b);

/// Returns its mean over subsets drawn from `noise` without replacement. The interval takes the
/// deviation over the subsets, whose number of rows is smaller, down to the number of all rows.
KernelDistance kernel_distance(const Tensor& a, const Tensor& b, at::Generator noise,
                               const KernelDistanceOptions& options = {});

}  // namespace latent::statistics
