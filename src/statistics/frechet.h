// The Frechet distance between two sets of features, as of generated and of real images.
#pragma once

#include <optional>
#include <string>

#include "core/tensor.h"
#include "statistics/confidence.h"

namespace latent::statistics {

/// The mean and the covariance of features, float64 on the CPU.
struct Moments {
  int64_t count = 0;
  Tensor mean;        // [D]
  Tensor covariance;  // [D, D], of a sample: divided by count - 1
};

/// Returns the moments of features [N, D], N >= 2.
Moments moments(const Tensor& features);

/// Throws Error if `count` samples are too few for the covariance of `dimensions` features, of
/// which D + 1 are needed. what: whose they are, such as "samples of the prior".
void expect_enough(int64_t count, int64_t dimensions, const std::string& what);

/// Returns the squared Frechet distance of the Gaussians with these moments:
/// |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2), never below 0.
///
/// The trace of the root is the sum of the roots of the eigenvalues of S1^1/2 S2 S1^1/2, which is
/// symmetric, so that rounding gives no imaginary part. Two samples of one distribution are
/// about tr(S) D / (2 N) apart each: compare only distances of equal N.
/// Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv:1706.08500.
double frechet_distance(const Moments& one, const Moments& other);

struct Frechet {
  double value = 0;
  /// Of the deletion of each of 20 groups of both sets (the jackknife); nothing if the rest would
  /// be too few.
  std::optional<Interval> interval;
};

/// Returns the distance of two sets of features, [N, D] each, with its interval. The rows of both
/// must be in random order, or at least not sorted by kind.
/// Throws Error as expect_enough does. one, other: names of the sets for it.
Frechet frechet(const Tensor& a, const std::string& one, const Tensor& b, const std::string& other);

}  // namespace latent::statistics
