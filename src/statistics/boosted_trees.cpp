#include "statistics/boosted_trees.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace latent::statistics {
namespace {

constexpr double kLeastGain = 1e-15;  // per example; less is rounding
constexpr double kNoCurvature = 1e-150;

// Moves each example from its node of a level to that node's child, both counted within the level.
void descend(const BoostedTree& tree, size_t level, const FeatureBins& bins,
             std::vector<uint8_t>& node) {
  const size_t first = (size_t{1} << level) - 1;
  for (size_t i = 0; i < node.size(); ++i) {
    const size_t at = first + node[i];
    const auto feature = static_cast<size_t>(tree.feature[at]);
    node[i] = static_cast<uint8_t>(2 * node[i] + (bins[feature][i] > tree.last[at] ? 1 : 0));
  }
}

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
  uint8_t last = kFeatureBins - 1;  // everything goes to the first child
};

/// Grows one tree to residuals.
class Growth {
 public:
  // residual: of each example.  importance: [D], gains are added to it.
  Growth(const FeatureBins& bins, const BoostingOptions& options, const double* residual,
         std::vector<double>& importance)
      : bins_(bins),
        residual_(residual),
        depth_(static_cast<size_t>(options.depth)),
        node_(bins.front().size(), 0),
        importance_(importance) {
    tree_.feature.assign((size_t{1} << depth_) - 1, 0);
    tree_.last.assign(tree_.feature.size(), kFeatureBins - 1);
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
    for (size_t feature = 0; feature < bins_.size(); ++feature) {
      fill(nodes, bins_[feature]);
      for (size_t n = 0; n < nodes; ++n)
        improve(best[n], n, static_cast<int32_t>(feature));
    }
    for (size_t n = 0; n < nodes; ++n) {
      tree_.feature[nodes - 1 + n] = best[n].feature;
      tree_.last[nodes - 1 + n] = best[n].last;
      importance_[static_cast<size_t>(best[n].feature)] += best[n].gain;
    }
    descend(tree_, level, bins_, node_);
  }

  // Sums the residuals by node and bin.
  void fill(size_t nodes, const std::vector<uint8_t>& bin) {
    cells_.assign(nodes * kFeatureBins, {});
    for (size_t i = 0; i < node_.size(); ++i) {
      Cell& cell = cells_[node_[i] * kFeatureBins + bin[i]];
      cell.sum += residual_[i];
      cell.count += 1;
    }
  }

  // Finds the cut of a node by a feature that reduces the squared errors most.
  void improve(Cut& best, size_t node, int32_t feature) const {
    const Cell* cells = cells_.data() + node * kFeatureBins;
    Cell all, left;
    for (size_t b = 0; b < kFeatureBins; ++b)
      all.add(cells[b]);
    const double least = kLeastGain * all.count;
    for (size_t b = 0; b + 1 < kFeatureBins; ++b) {
      if (cells[b].count == 0) continue;
      left.add(cells[b]);
      const Cell right = all.without(left);
      if (right.count == 0) break;
      const double gain = left.score() + right.score() - all.score();
      if (gain > std::max(best.gain, least))
        best = {.gain = gain, .feature = feature, .last = static_cast<uint8_t>(b)};
    }
  }

  const FeatureBins& bins_;
  const double* residual_;
  size_t depth_;
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
        importances_(model.start.size(), std::vector<double>(model.edges.size(), 0)) {
    for (const double start : model.start) {
      scores_.emplace_back(examples_, start);
      residuals_.emplace_back(examples_, 0);
    }
  }

  void add_stage(const FeatureBins& bins) {
    find_residuals();
    const size_t first = model_.trees.size();
    model_.trees.resize(first + scores_.size());
    const auto classes = static_cast<double>(model_.classes);
    const double scale = options_.rate * (scores_.size() == 1 ? 1 : (classes - 1) / classes);
    parallel_for(static_cast<int64_t>(scores_.size()), 1, [&](int64_t begin, int64_t end) {
      for (auto c = static_cast<size_t>(begin); c < static_cast<size_t>(end); ++c) {
        Growth growth(bins, options_, residuals_[c].data(), importances_[c]);
        model_.trees[first + c] = growth.finish(scale);
        const std::vector<double>& value = model_.trees[first + c].value;
        for (size_t i = 0; i < examples_; ++i)
          scores_[c][i] += value[growth.leaf()[i]];
      }
    });
  }

  // Summed in the order of the classes, whatever the threads.
  Tensor importances() const {
    const Tensor sum = at::zeros({static_cast<int64_t>(model_.edges.size())}, at::kDouble);
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
  model.edges = feature_edges(x);
  const FeatureBins bins = feature_bins(x, model.edges);
  Boosting boosting(classes, model, options);
  for (int64_t stage = 0; stage < options.stages && x.size(1) > 0; ++stage)
    boosting.add_stage(bins);
  model.importances = boosting.importances();
  return model;
}

Tensor BoostedTrees::predict(const Tensor& x) const {
  const FeatureBins bins = feature_bins(x, edges);
  const auto examples = x.size(0);
  const Tensor scores = at::tensor(start, at::kDouble).unsqueeze(1).repeat({1, examples});
  auto* score = scores.mutable_data_ptr<double>();
  const auto wide = static_cast<int64_t>(start.size());
  parallel_for(wide, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      for (auto t = static_cast<size_t>(c); t < trees.size(); t += start.size()) {
        std::vector<uint8_t> node(static_cast<size_t>(examples), 0);
        const BoostedTree& tree = trees[t];
        for (size_t level = 0; (size_t{1} << level) <= tree.feature.size(); ++level)
          descend(tree, level, bins, node);
        for (int64_t i = 0; i < examples; ++i)
          score[c * examples + i] += tree.value[node[static_cast<size_t>(i)]];
      }
    }
  });
  return wide == 1 ? scores[0].gt(0).to(at::kLong) : scores.argmax(0);
}

}  // namespace latent::statistics
