#include "statistics/boosted_trees.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.h"

namespace latent::statistics {
namespace {

constexpr double kLeastGain = 1e-15;  // per example; less is rounding
constexpr double kNoCurvature = 1e-150;

constexpr uint16_t kAllBins = std::numeric_limits<uint16_t>::max();

// Moves each example from its node of a level to that node's child, both counted within the level.
// goes_second: whether the example at a place goes to the second child of an inner node.
template <class GoesSecond>
void descend(size_t level, std::vector<uint8_t>& node, const GoesSecond& goes_second) {
  const size_t first = (size_t{1} << level) - 1;
  for (size_t i = 0; i < node.size(); ++i)
    node[i] = static_cast<uint8_t>(2 * node[i] + (goes_second(first + node[i], i) ? 1 : 0));
}

/// Features in bins, with the values that the bins hold.
struct BinnedFeatures {
  FeatureBins bins;
  std::vector<std::vector<double>> low, high;  // of each bin of each feature

  explicit BinnedFeatures(const Tensor& x) {
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
};

struct Cell {
  double sum = 0, count = 0;

  double score() const { return count > 0 ? sum * sum / count : 0; }
  void add(const Cell& other) {
    sum += other.sum;
    count += other.count;
  }
  Cell without(const Cell& part) const { return {sum - part.sum, count - part.count}; }
};

struct Cut {
  double gain = 0;
  int32_t feature = 0;
  uint16_t last = kAllBins;  // everything goes to the first child
  uint16_t next = kAllBins;  // the first bin of the node that goes to the second one
};

/// Grows one tree to residuals.
class Growth {
 public:
  // residual: of each example.  importance: [D], gains are added to it.
  Growth(const BinnedFeatures& features, const BoostingOptions& options, const double* residual,
         std::vector<double>& importance)
      : features_(features),
        residual_(residual),
        depth_(static_cast<size_t>(options.depth)),
        node_(features.bins.front().size(), 0),
        importance_(importance) {
    tree_.feature.assign((size_t{1} << depth_) - 1, 0);
    tree_.last.assign(tree_.feature.size(), kAllBins);
    tree_.threshold.assign(tree_.feature.size(), std::numeric_limits<double>::infinity());
    for (size_t level = 0; level < depth_; ++level)
      split(level);
  }

  // scale: of the leaves' Newton steps.
  BoostedTree finish(double scale) {
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

  // The leaf of each example.
  const std::vector<uint8_t>& leaf() const { return node_; }

 private:
  void split(size_t level) {
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
  void fill(size_t nodes, const std::vector<uint16_t>& bin, size_t count) {
    count_ = count;
    cells_.assign(nodes * count, {});
    for (size_t i = 0; i < node_.size(); ++i) {
      Cell& cell = cells_[node_[i] * count + bin[i]];
      cell.sum += residual_[i];
      cell.count += 1;
    }
  }

  // Finds the cut of a node by a feature that reduces the squared errors most.
  void improve(Cut& best, size_t node, int32_t feature) const {
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

  const BinnedFeatures& features_;
  const double* residual_;
  size_t depth_, count_ = 0;  // count_: bins of the feature at hand
  BoostedTree tree_;
  std::vector<uint8_t> node_;  // of each example, within the level
  std::vector<Cell> cells_;
  std::vector<double>& importance_;
};

/// The scores of examples while stages are added: one row for each class, or one for two classes.
class Boosting {
 public:
  Boosting(const Tensor& classes, BoostedTrees& model, const BoostingOptions& options)
      : model_(model),
        options_(options),
        examples_(static_cast<size_t>(classes.numel())),
        classes_(classes.contiguous()),
        importances_(model.start.size(),
                     std::vector<double>(static_cast<size_t>(model.features), 0)) {
    for (const double start : model.start) {
      scores_.emplace_back(examples_, start);
      residuals_.emplace_back(examples_, 0);
    }
  }

  void add_stage(const BinnedFeatures& features) {
    find_residuals();
    const size_t first = model_.trees.size();
    model_.trees.resize(first + scores_.size());
    const auto classes = static_cast<double>(model_.classes);
    const double scale = options_.rate * (scores_.size() == 1 ? 1 : (classes - 1) / classes);
    parallel_for(static_cast<int64_t>(scores_.size()), 1, [&](int64_t begin, int64_t end) {
      for (auto c = static_cast<size_t>(begin); c < static_cast<size_t>(end); ++c) {
        Growth growth(features, options_, residuals_[c].data(), importances_[c]);
        model_.trees[first + c] = growth.finish(scale);
        const std::vector<double>& value = model_.trees[first + c].value;
        for (size_t i = 0; i < examples_; ++i)
          scores_[c][i] += value[growth.leaf()[i]];
      }
    });
  }

  // Summed in the order of the classes, whatever the threads.
  Tensor importances() const {
    const Tensor sum = at::zeros({model_.features}, at::kDouble);
    for (const auto& importance : importances_)
      sum.add_(at::tensor(importance, at::kDouble));
    const auto total = sum.sum().item<double>();
    return total > 0 ? sum / total : sum;
  }

 private:
  void find_residuals() {
    const auto* wanted = classes_.const_data_ptr<int64_t>();
    parallel_for(static_cast<int64_t>(examples_), 1024, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
        find_residual(i, static_cast<size_t>(wanted[i]));
    });
  }

  // The derivative of the log-likelihood: 1 or 0, less the probability.
  void find_residual(size_t i, size_t wanted) {
    if (scores_.size() == 1) {
      residuals_[0][i] = static_cast<double>(wanted) - 1 / (1 + std::exp(-scores_[0][i]));
      return;
    }
    double highest = scores_[0][i], sum = 0;
    for (const auto& score : scores_)
      highest = std::max(highest, score[i]);
    for (size_t c = 0; c < scores_.size(); ++c) {
      residuals_[c][i] = std::exp(scores_[c][i] - highest);
      sum += residuals_[c][i];
    }
    for (size_t c = 0; c < scores_.size(); ++c)
      residuals_[c][i] = (c == wanted ? 1 : 0) - residuals_[c][i] / sum;
  }

  BoostedTrees& model_;
  const BoostingOptions& options_;
  size_t examples_;
  Tensor classes_;
  std::vector<std::vector<double>> scores_, residuals_;
  std::vector<std::vector<double>> importances_;  // of each score's trees
};

// The logarithms of the classes' shares; of two classes, the log-odds of the second one.
std::vector<double> starting_scores(const Tensor& classes, int64_t count) {
  const Tensor shares =
      at::bincount(classes, {}, count).to(at::kDouble) / static_cast<double>(classes.numel());
  if (count == 2) return {std::log(shares[1].item<double>()) - std::log(shares[0].item<double>())};
  const Tensor logs = shares.log();
  const auto* first = logs.const_data_ptr<double>();
  return {first, first + count};
}

}  // namespace

BoostedTrees fit_boosted_trees(const Tensor& x, const Tensor& classes, int64_t count,
                               const BoostingOptions& options) {
  expect_shape(x, {-1, -1}, "features");
  expect_shape(classes, {x.size(0)}, "classes");
  TORCH_CHECK(1 <= options.depth && options.depth <= 6, "depth: got ", options.depth);
  BoostedTrees model;
  model.classes = count;
  model.start = starting_scores(classes, count);
  model.features = x.size(1);
  const BinnedFeatures features(x);
  Boosting boosting(classes, model, options);
  for (int64_t stage = 0; stage < options.stages && x.size(1) > 0; ++stage)
    boosting.add_stage(features);
  model.importances = boosting.importances();
  return model;
}

Tensor BoostedTrees::predict(const Tensor& x) const {
  expect_shape(x, {-1, features}, "features");
  const auto examples = x.size(0);
  const Tensor values = x.to(at::kCPU, at::kDouble).contiguous();  // [M, D]
  const auto* value = values.const_data_ptr<double>();
  const Tensor scores = at::tensor(start, at::kDouble).unsqueeze(1).repeat({1, examples});
  auto* score = scores.mutable_data_ptr<double>();
  const auto wide = static_cast<int64_t>(start.size());
  parallel_for(wide, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      for (auto t = static_cast<size_t>(c); t < trees.size(); t += start.size()) {
        std::vector<uint8_t> node(static_cast<size_t>(examples), 0);
        const BoostedTree& tree = trees[t];
        for (size_t level = 0; (size_t{1} << level) <= tree.feature.size(); ++level)
          descend(level, node, [&](size_t at, size_t i) {
            return value[static_cast<int64_t>(i) * features + tree.feature[at]] >
                   tree.threshold[at];
          });
        for (int64_t i = 0; i < examples; ++i)
          score[c * examples + i] += tree.value[node[static_cast<size_t>(i)]];
      }
    }
  });
  return wide == 1 ? scores[0].gt(0).to(at::kLong) : scores.argmax(0);
}

}  // namespace latent::statistics
