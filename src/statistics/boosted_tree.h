// One tree of boosted_trees.h: a complete binary tree on binned features, grown to residuals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "statistics/feature_bins.h"

namespace latent::statistics {

/// A complete binary tree. Node n has the children 2n + 1 and 2n + 2; a node that was not split
/// sends everything to the first one.
struct BoostedTree {
  std::vector<int32_t> feature;   // of each inner node
  std::vector<uint16_t> last;     // the last bin that goes to the first child
  std::vector<double> threshold;  // the same as a value: halfway between the node's examples
  std::vector<double> value;      // of each leaf, already times the rate
};

/// Moves each example from its node of a level to that node's child, both counted within the
/// level.  goes_second(node, i): whether example i goes to the second child of an inner node.
template <class GoesSecond>
void descend(size_t level, std::vector<uint8_t>& node, const GoesSecond& goes_second) {
  const size_t first = (size_t{1} << level) - 1;
  for (size_t i = 0; i < node.size(); ++i)
    node[i] = static_cast<uint8_t>(2 * node[i] + (goes_second(first + node[i], i) ? 1 : 0));
}

/// Features in bins, with the lowest and highest value that each bin of each feature holds.
struct BinnedFeatures {
  FeatureBins bins;
  std::vector<std::vector<double>> low, high;

  /// x: [N, D].
  explicit BinnedFeatures(const Tensor& x);
};

/// Grows one tree to residuals by least squares.
class TreeGrowth {
 public:
  /// residual: [N].  importance: [D]; the gain of each split is added to its feature's.
  TreeGrowth(const BinnedFeatures& features, int64_t depth, const double* residual,
             std::vector<double>& importance);

  /// Gives each leaf its Newton step, times `scale`, and returns the tree. Once only.
  BoostedTree finish(double scale);

  /// The leaf of each example.
  const std::vector<uint8_t>& leaf() const { return node_; }

 private:
  struct Cell {
    double sum = 0, count = 0;

    double score() const { return count > 0 ? sum * sum / count : 0; }
    void add(const Cell& other) {
      sum += other.sum;
      count += other.count;
    }
    Cell without(const Cell& part) const { return {sum - part.sum, count - part.count}; }
  };
  struct Cut;

  void split(size_t level);
  void fill(size_t nodes, const std::vector<uint16_t>& bin, size_t count);
  void improve(Cut& best, size_t node, int32_t feature) const;

  const BinnedFeatures& features_;
  const double* residual_;
  size_t depth_, count_ = 0;  // count_: bins of the feature at hand
  BoostedTree tree_;
  std::vector<uint8_t> node_;  // of each example, within the level
  std::vector<Cell> cells_;
  std::vector<double>& importance_;
};

}  // namespace latent::statistics
