// Measures of prediction with their confidence intervals.
#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/tensor.h"

namespace latent::statistics {

/// The 97.5% quantile of the standard normal distribution, for 95% intervals.
constexpr double kNormalQuantile = 1.959963984540054;

/// A measure with its 95% confidence interval.
struct Measured {
  double value = 0, low = 0, high = 0;
};

/// The ends of a 95% confidence interval.
struct Interval {
  double low = 0, high = 0;
};

/// The mean of independent numbers that come batch by batch.
class RunningMean {
 public:
  /// Adds numbers [B] of any type, on any device.
  void add(const Tensor& numbers);
  /// The same, where `sum` is their sum for `mean`, computed in another order.
  void add(const Tensor& numbers, double sum);

  int64_t count() const { return count_; }
  double mean() const { return sum_ / static_cast<double>(count_); }
  /// Returns all numbers in the order in which they came: [N] float64 on the CPU.
  Tensor each() const;
  /// Returns value +- 1.96 standard errors of the mean, the normal approximation; nothing for fewer
  /// than two numbers.
  std::optional<Interval> around(double value) const;

 private:
  int64_t count_ = 0;
  double sum_ = 0;
  double centre_ = 0, squares_ = 0;  // the mean, and the sum of squared differences from it
  std::vector<Tensor> parts_;
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
