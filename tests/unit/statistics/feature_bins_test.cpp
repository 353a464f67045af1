#include "statistics/feature_bins.h"

#include <algorithm>

#include "unit/expect.h"

namespace latent::statistics {
namespace {

TEST(FeatureBins, LieBetweenTheValues) {
  const FeatureEdges edges = feature_edges(torch::tensor({{4.0}, {1.0}, {2.0}, {2.0}}));
  ASSERT_EQ(edges.size(), 1U);
  EXPECT_EQ(edges[0], (std::vector<double>{1.5, 3}));
  const FeatureBins bins = feature_bins(torch::tensor({{1.5}, {1.6}, {9.0}, {-9.0}}), edges);
  EXPECT_EQ(bins[0], (std::vector<uint16_t>{0, 1, 2, 0}));
}

TEST(FeatureBins, OfManyValuesHoldAboutAsMany) {
  const Tensor x = torch::arange(4096, at::kDouble).unsqueeze(1);
  const FeatureEdges edges = feature_edges(x);
  ASSERT_EQ(edges[0].size(), kFeatureBins - 1);
  const FeatureBins bins = feature_bins(x, edges);
  for (const int bin : {0, 1, 100, 255})
    EXPECT_EQ(std::count(bins[0].begin(), bins[0].end(), bin), 16) << bin;
}

}  // namespace
}  // namespace latent::statistics
