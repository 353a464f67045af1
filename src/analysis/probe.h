// Predicts a label from features, to measure how much information about it they hold.
#pragma once

#include <string>
#include <vector>

#include "analysis/probe_features.h"
#include "statistics/confidence.h"

namespace latent {

/// What to predict, and from which examples.
struct ProbeTask {
  std::string label;
  std::vector<std::string> classes;  // empty: the label is a number
  ProbedExamples training, scoring;
  Tensor train_labels, test_labels;  // of the training and the scored examples: [N], [M] float64
  int64_t train_unknown = 0, test_unknown = 0;  // examples left out, whose label is unknown

  bool numeric() const { return classes.empty(); }
  int64_t count() const { return static_cast<int64_t>(classes.size()); }
};

/// How to choose the examples, and their names in messages.
struct ProbeOptions {
  int64_t most = 10'000;  // training examples to learn from, drawn at random by the seed
  uint64_t seed = 0;
  std::string noun = "image";  // what one example is called
  std::string split = "test";  // the name of the scored split
  std::string hint = {};       // for the message about a label with one value, after "images"
};

/// Returns a task that predicts `attribute`, learned from `train` and scored on `scored`, of the
/// same data set. Both must outlive the task.
/// Throws Error that begins with "attribute NAME" if too few values are known, or all are the same.
ProbeTask make_probe_task(const Examples& train, const Examples& scored, const Attribute& attribute,
                          const ProbeOptions& options);

/// Returns the accuracy (for a number: R^2) of a linear model: logistic or ridge regression.
statistics::Measured linear_probe(const ProbeTask& task, const Features& features, uint64_t seed);

/// Returns the accuracy or R^2 of a vote (for a number: the mean) of the `k` nearest training
/// examples.
statistics::Measured nearest_probe(const ProbeTask& task, const Features& features, int64_t k,
                                   uint64_t seed);

/// Returns the accuracy or R^2 of always predicting the most frequent class (for a number: the
/// mean, whose R^2 is about 0).
statistics::Measured baseline_probe(const ProbeTask& task, uint64_t seed);

}  // namespace latent
