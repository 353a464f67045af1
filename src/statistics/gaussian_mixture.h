// A mixture of Gaussians with full covariances: a density over latents that samples well even if
// they do not follow the prior.
#pragma once

#include <ATen/core/Generator.h>

#include <functional>

#include "core/tensor.h"

namespace latent::statistics {

/// K Gaussians over D latents, float64 on the CPU.
struct GaussianMixture {
  Tensor weights;      // [K], positive, sum 1
  Tensor means;        // [K, D]
  Tensor covariances;  // [K, D, D], positive definite

  int64_t components() const { return weights.size(0); }
  int64_t dimensions() const { return means.size(1); }
  /// Returns the log-density of points [N, D]: [N] float64, nats.
  Tensor log_density(const Tensor& points) const;
  /// Draws points: [count, D] float32.  spread scales the distance from a component's mean.
  Tensor sample(int64_t count, double spread, at::Generator& generator) const;
};

struct MixtureOptions {
  int64_t most_components = 64;
  int64_t iterations = 60;         // of expectation and maximisation, at most
  int64_t most_searched = 20'000;  // points that the number of components is chosen with
  double tolerance = 1e-4;         // stop once an iteration gains less, nats per point
  /// Least variance in any direction, as a share of the mean variance of the latents: keeps a
  /// component from collapsing onto equal points or a latent that never changes.
  double floor = 1e-4;
};

struct MixtureFit {
  GaussianMixture mixture;
  double log_likelihood = 0;  // of all points, nats
  double bic = 0;             // -2 log-likelihood + parameters * ln N: lower is better
  double held_out = 0;        // choose_mixture: mean log-likelihood of other points, nats
};

/// Fits k Gaussians by expectation maximisation from a k-means++ start.
///
/// points: [N, D], more than k.  The same generator state gives the same fit.  Components that lose
/// their points are dropped, so fewer than k may come back.
/// Source: Bishop 2006, section 9.2; Arthur and Vassilvitskii 2007 for the start.
MixtureFit fit_mixture(const Tensor& points, int64_t k, at::Generator& generator,
                       const MixtureOptions& options = {});

/// Fits 1, 2, 3, 4, 6, 8, 12, ... Gaussians to four fifths of the points and returns the number
/// that makes the other fifth most likely, fitted to all points from there. A larger number must
/// gain more than the standard error of its gain; stops after two sizes in a row that do not.
///
/// The Bayesian information criterion, which asks for a fixed gain for each parameter, would stop
/// at a third as many for the latents of images, whose samples are then visibly worse. tried:
/// called after each fit to the four fifths, or empty.
MixtureFit choose_mixture(const Tensor& points, at::Generator& generator,
                          const MixtureOptions& options = {},
                          const std::function<void(const MixtureFit&)>& tried = {});

}  // namespace latent::statistics
