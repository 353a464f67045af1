#include "statistics/feature_bins.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::statistics {
namespace {

std::vector<double> column(const Tensor& x, int64_t feature) {
  const Tensor values = x.select(1, feature).to(at::kCPU, at::kDouble).contiguous();
  const auto* first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

std::vector<double> edges_between(std::vector<double> sorted) {
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> values = sorted;
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<double> edges;
  const auto between = [&](double low, double high) { edges.push_back(low + (high - low) / 2); };
  if (values.size() <= kExactBins) {
    for (size_t i = 1; i < values.size(); ++i)
      between(values[i - 1], values[i]);
    return edges;
  }
  for (size_t bin = 1; bin < kFeatureBins; ++bin) {
    const size_t rank = bin * sorted.size() / kFeatureBins;
    if (sorted[rank] > sorted[rank - 1]) between(sorted[rank - 1], sorted[rank]);
  }
  return edges;
}

}  // namespace

FeatureEdges feature_edges(const Tensor& x) {
  expect_shape(x, {-1, -1}, "features");
  FeatureEdges edges;
  for (int64_t d = 0; d < x.size(1); ++d)
    edges.push_back(edges_between(column(x, d)));
  return edges;
}

FeatureBins feature_bins(const Tensor& x, const FeatureEdges& edges) {
  expect_shape(x, {-1, static_cast<int64_t>(edges.size())}, "features");
  FeatureBins bins;
  for (size_t d = 0; d < edges.size(); ++d) {
    const std::vector<double> values = column(x, static_cast<int64_t>(d));
    const auto bin = [&, first = edges[d].begin(), last = edges[d].end()](double value) {
      return static_cast<uint16_t>(std::lower_bound(first, last, value) - first);
    };
    bins.emplace_back(values.size());
    std::transform(values.begin(), values.end(), bins.back().begin(), bin);
  }
  return bins;
}

}  // namespace latent::statistics
