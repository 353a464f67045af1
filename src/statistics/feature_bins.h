// Features sorted into bins that a byte numbers, for histograms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace latent::statistics {

/// The most bins that a feature has.
constexpr size_t kFeatureBins = 256;

/// The bin of each example, for each feature.
using FeatureBins = std::vector<std::vector<uint8_t>>;
/// The edges between the bins of each feature, rising; at most kFeatureBins - 1.
using FeatureEdges = std::vector<std::vector<double>>;

/// Returns edges halfway between the values of each feature, or between quantiles if there are more
/// values than bins.  x: [N, D] finite, N >= 1.
FeatureEdges feature_edges(const Tensor& x);

/// Returns the bins: how many edges of its feature each number exceeds.  x: [N, D].
FeatureBins feature_bins(const Tensor& x, const FeatureEdges& edges);

}  // namespace latent::statistics
