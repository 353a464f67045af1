#include "statistics/boosted_tree.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace latent::statistics {
namespace {

constexpr double kLeastGain = 1e-15;  // per example; less is rounding
constexpr double kNoCurvature = 1e-150;

constexpr uint16_t kAllBins = std::numeric_limits<uint16_t>::max();

}  // namespace

struct TreeGrowth::Cut {
  double gain = 0;
  int32_t feature = 0;
  uint16_t last = kAllBins;  // everything goes to the first child
  uint16_t next = kAllBins;  // the first bin of the node that goes to the second one
};

BinnedFeatures::BinnedFeatures(const Tensor& x) {
  const FeatureEdges edges = feature_edges(x);
  bins = feature_bins(x, edges);
  const Tensor values = x.to(at::kCPU, at::kDouble).t().contiguous();  // [D, N]
  const auto* value = values.const_data_ptr<double>();
  for (const auto& bin : bins) {
    const size_t count = edges[low.size()].size() + 1;
    low.emplace_back(count, std::numeric_limits<double>::infinity());
    high.emplace_back(count, -std::numeric_limits<double>::infinity());
    for (size_t i = 0; i < bin.size(); ++i, ++value) {
      low.back()[bin[i]] = std::min(low.back()[bin[i]], *value);
      high.back()[bin[i]] = std::max(high.back()[bin[i]], *value);
    }
  }
}

TreeGrowth::TreeGrowth(const BinnedFeatures& features, int64_t depth, const double* residual,
                       std::vector<double>& importance)
    : features_(features),
      residual_(residual),
      depth_(static_cast<size_t>(depth)),
      node_(features.bins.front().size(), 0),
      importance_(importance) {
  tree_.feature.assign((size_t{1} << depth_) - 1, 0);
  tree_.last.assign(tree_.feature.size(), kAllBins);
  tree_.threshold.assign(tree_.feature.size(), std::numeric_limits<double>::infinity());
  for (size_t level = 0; level < depth_; ++level)
    split(level);
}

BoostedTree TreeGrowth::finish(double scale) {
  const size_t leaves = size_t{1} << depth_;
  std::vector<double> pull(leaves, 0), curve(leaves, 0);
  for (size_t i = 0; i < node_.size(); ++i) {
    const double r = residual_[i], size = std::abs(r);
    pull[node_[i]] += r;
    curve[node_[i]] += size * (1 - size);
  }
  tree_.value.resize(leaves);
  for (size_t leaf = 0; leaf < leaves; ++leaf)
    tree_.value[leaf] = curve[leaf] < kNoCurvature ? 0 : scale * pull[leaf] / curve[leaf];
  return std::move(tree_);
}

void TreeGrowth::split(size_t level) {
  const size_t nodes = size_t{1} << level;
  std::vector<Cut> best(nodes);
  for (size_t feature = 0; feature < features_.bins.size(); ++feature) {
    fill(nodes, features_.bins[feature], features_.low[feature].size());
    for (size_t n = 0; n < nodes; ++n)
      improve(best[n], n, static_cast<int32_t>(feature));
  }
  for (size_t n = 0; n < nodes; ++n) {
    const auto feature = static_cast<size_t>(best[n].feature);
    tree_.feature[nodes - 1 + n] = best[n].feature;
    tree_.last[nodes - 1 + n] = best[n].last;
    importance_[feature] += best[n].gain;
    if (best[n].last == kAllBins) continue;
    const double below = features_.high[feature][best[n].last];
    tree_.threshold[nodes - 1 + n] = below + (features_.low[feature][best[n].next] - below) / 2;
  }
  descend(level, node_, [&](size_t at, size_t i) {
    return features_.bins[static_cast<size_t>(tree_.feature[at])][i] > tree_.last[at];
  });
}

// Sums the residuals by node and bin.
void TreeGrowth::fill(size_t nodes, const std::vector<uint16_t>& bin, size_t count) {
  count_ = count;
  cells_.assign(nodes * count, {});
  for (size_t i = 0; i < node_.size(); ++i) {
    Cell& cell = cells_[node_[i] * count + bin[i]];
    cell.sum += residual_[i];
    cell.count += 1;
  }
}

// Finds the cut of a node by a feature that reduces the squared errors most.
void TreeGrowth::improve(Cut& best, size_t node, int32_t feature) const {
  const Cell* cells = cells_.data() + node * count_;
  Cell all, left;
  for (size_t b = 0; b < count_; ++b)
    all.add(cells[b]);
  const double least = kLeastGain * all.count;
  bool improved = false;  // by the bin before
  for (size_t b = 0; b < count_; ++b) {
    if (cells[b].count == 0) continue;
    if (improved) best.next = static_cast<uint16_t>(b);
    left.add(cells[b]);
    const Cell right = all.without(left);
    if (right.count == 0) break;
    const double gain = left.score() + right.score() - all.score();
    improved = gain > std::max(best.gain, least);
    if (improved) best = {.gain = gain, .feature = feature, .last = static_cast<uint16_t>(b)};
  }
}

}  // namespace latent::statistics
