// Features sorted into bins, for histograms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace latent::statistics {

/// The most bins of a feature with more different values than kExactBins.
constexpr size_t kFeatureBins = 256;
/// The most different values that get a bin each.
constexpr size_t kExactBins = 2048;

/// The bin of each example, for each feature.
using FeatureBins = std::vector<std::vector<uint16_t>>;
/// The edges between the bins of each feature, rising.
using FeatureEdges = std::vector<std::vector<double>>;

/// Returns edges halfway between the values of each feature, or between quantiles if there are more
/// than kExactBins values.  x: [N, D] finite, N >= 1.
FeatureEdges feature_edges(const Tensor& x);

/// Returns the bins: how many edges of its feature each number exceeds.  x: [N, D].
FeatureBins feature_bins(const Tensor& x, const FeatureEdges& edges);

}  // namespace latent::statistics
