#include "analysis/probe.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/random.h"
#include "statistics/linear_models.h"
#include "statistics/neighbours.h"

namespace latent {
namespace {

using statistics::Measured;

// Up to `most` of the rows whose value is known, drawn at random.
ProbedExamples choose(const Examples& examples, const Attribute& attribute, int64_t most,
                      uint64_t seed) {
  Tensor rows = attribute.known().nonzero().flatten();
  if (rows.numel() > most) {
    auto noise = generator(seed, Stream::kSplit);
    const Tensor drawn = at::randperm(rows.numel(), noise, at::kLong).narrow(0, 0, most);
    rows = std::get<0>(rows.index_select(0, drawn).sort());
  }
  return {&examples, rows};
}

bool constant(const Tensor& labels) { return !(labels.max() > labels.min()).item<bool>(); }

void check_task(const ProbeTask& task, const ProbeOptions& options) {
  const auto known = task.train_labels.numel(), scored = task.test_labels.numel();
  const auto& [most, seed, noun, split, hint] = options;
  if (known < 2 || scored < 1) {
    throw Error(fmt::format("attribute {}: known of {} training and {} {} {}s; expected more",
                            task.label, known, scored, split, noun));
  }
  if (constant(task.train_labels)) {
    throw Error(
        fmt::format("attribute {}: the same for all {} training {}s{}; expected one that differs",
                    task.label, known, noun, hint));
  }
  if (task.numeric() && constant(task.test_labels)) {
    throw Error(
        fmt::format("attribute {}: the same for all {} {} {}s, so R^2 is undefined; expected "
                    "another --split, or more {}s in it",
                    task.label, scored, split, noun, noun));
  }
}

Measured accuracy(const ProbeTask& task, const Tensor& predicted) {
  return statistics::share(predicted.eq(task.test_labels.to(at::kLong)).sum().item<int64_t>(),
                           predicted.numel());
}

Measured explained(const ProbeTask& task, const Tensor& predicted, uint64_t seed) {
  return statistics::r_squared(task.test_labels, predicted, generator(seed, Stream::kSample, 1));
}

}  // namespace

ProbeTask make_probe_task(const Examples& train, const Examples& scored, const Attribute& attribute,
                          const ProbeOptions& options) {
  const Attribute* there = scored.find(attribute.name);
  TORCH_CHECK(there != nullptr, "no attribute ", attribute.name, " in the split ", options.split);
  ProbeTask task{.label = attribute.name,
                 .classes = attribute.words(),
                 .training = choose(train, attribute, options.most, options.seed),
                 .scoring = choose(scored, *there, scored.count(), 0),
                 .train_labels = {},
                 .test_labels = {},
                 .train_unknown = attribute.unknown(),
                 .test_unknown = there->unknown()};
  task.train_labels = attribute.values.index_select(0, task.training.rows);
  task.test_labels = there->values.index_select(0, task.scoring.rows);
  check_task(task, options);
  return task;
}

Measured linear_probe(const ProbeTask& task, const Features& features, uint64_t seed) {
  const statistics::Standardizer standard(features.training);
  const Tensor x = standard.apply(features.training), test = standard.apply(features.scoring);
  if (task.numeric())
    return explained(task, statistics::fit_ridge(x, task.train_labels).predict(test), seed);
  const auto model = statistics::fit_softmax(x, task.train_labels.to(at::kLong), task.count());
  return accuracy(task, model.predict(test));
}

Measured nearest_probe(const ProbeTask& task, const Features& features, int64_t k, uint64_t seed) {
  const Tensor found =
      statistics::nearest_neighbours(features.training, features.scoring, k);  // [M, k]
  const Tensor train_labels = task.train_labels.index({found});
  if (task.numeric()) return explained(task, train_labels.mean(1), seed);
  return accuracy(task, statistics::majority(train_labels.to(at::kLong), task.count()));
}

Measured baseline_probe(const ProbeTask& task, uint64_t seed) {
  if (task.numeric()) {
    const Tensor mean = task.train_labels.mean().expand_as(task.test_labels);
    return explained(task, mean, seed);
  }
  const Tensor most = at::bincount(task.train_labels.to(at::kLong)).argmax();
  return accuracy(task, most.expand_as(task.test_labels));
}

}  // namespace latent
