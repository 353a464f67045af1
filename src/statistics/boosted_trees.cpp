#include "statistics/boosted_trees.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace latent::statistics {
namespace {

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
        TreeGrowth growth(features, options_.depth, residuals_[c].data(), importances_[c]);
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
