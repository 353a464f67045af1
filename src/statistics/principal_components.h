// Principal component analysis of examples that are read piece by piece, and the similarity of two
// subspaces.
#pragma once

#include <ATen/core/Generator.h>

#include <functional>

#include "core/tensor.h"

namespace latent::statistics {

/// Returns rows first, ..., first + count - 1 of a matrix [N, D]; of any floating type.
using RowReader = std::function<Tensor(int64_t first, int64_t count)>;

/// The K directions of largest variance, float64 on the CPU.
struct PrincipalComponents {
  Tensor mean;                // [D]
  Tensor axes;                // [K, D], orthonormal, the largest variance first
  Tensor variances;           // [K]: of the rows along the axes, divided by N
  double total_variance = 0;  // of all D directions
  bool exact = true;

  /// Returns the share of the variance that the axes explain, in [0, 1].
  double explained() const;
  /// x: [N, D].  Returns [N, K] float64.
  Tensor project(const Tensor& x) const;
  /// coordinates: [N, K].  Returns [N, D] float64.
  Tensor restore(const Tensor& coordinates) const;
};

/// The most columns that are analysed by their covariance, D x D numbers of 8 bytes.
constexpr int64_t kMaxCovarianceColumns = 4096;

/// Returns the number of components, at most k: N points span at most N - 1 directions of D.
int64_t component_count(int64_t rows, int64_t columns, int64_t k);

/// Fits component_count(N, D, k) components to the N >= 1 rows of a matrix; each axis's largest
/// element is positive.
///
/// Up to `most_columns` columns are analysed exactly, by the eigenvectors of the covariance. More
/// are analysed by subspace iteration from random directions, drawn from `noise`, until no variance
/// changes by more than 1e-5 of itself or 60 passes are done: about that exact if the variances
/// differ. Source: Pearson 1901; Halko, Martinsson and Tropp 2011, arXiv:0909.4061, algorithm 4.4.
PrincipalComponents fit_components(const RowReader& read, int64_t rows, int64_t columns, int64_t k,
                                   at::Generator noise,
                                   int64_t most_columns = kMaxCovarianceColumns);

/// Returns the cosines of the principal angles between the spaces that the columns of two matrices
/// span, the largest first: [min(rank a, rank b)] float64 in [0, 1]. a: [D, K], b: [D, L].  Source:
/// Bjorck and Golub 1973.
Tensor subspace_cosines(const Tensor& a, const Tensor& b);

/// Returns trace(P1 P2) / k of the two projections: 1 for equal spaces, 0 for orthogonal ones.
/// cosines: of the principal angles.  k: the dimension to reach.
double subspace_overlap(const Tensor& cosines, int64_t k);

}  // namespace latent::statistics
