#include "analysis/one_vs_rest.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "analysis/anomaly.h"
#include "session/for_each_batch.h"
#include "statistics/neighbours.h"

namespace latent {
namespace {

constexpr int64_t kMostNeighbours = 20'000;
constexpr const char* kNearestName = "nearest";

// The mean distance of the pixels to the nearest training examples: [N] float64.
Tensor nearest_distances(const Examples& train, const ExampleBatches& scored, uint64_t seed,
                         bool quiet) {
  const ExampleBatches some = some_of(train, kMostNeighbours, seed);
  const Tensor known = some.read(0, some.count).images.flatten(1);
  const int64_t k = std::min(kNearest, some.count);
  std::vector<Tensor> distances;
  for_each_batch(scored.count, "nearest", quiet, [&](int64_t first, int64_t count) {
    const Tensor asked = scored.read(first, count).images.flatten(1);
    distances.push_back(statistics::neighbour_distances(known, asked, k));
  });
  return at::cat(distances);
}

}  // namespace

std::vector<std::string> one_vs_rest_scores(const std::string& chosen) {
  std::vector<std::string> names{chosen};
  if (chosen != "pca") names.emplace_back("pca");
  names.emplace_back(kNearestName);
  return names;
}

std::vector<Separation> separations(const OpenedRun& run, const ExampleBatches& scored,
                                    const std::string& chosen, const Tensor& known,
                                    const Tensor& anomalous, uint64_t seed, bool quiet) {
  const Examples train = run.load(Split::kTrain);
  std::vector<std::string> names = one_vs_rest_scores(chosen);
  names.pop_back();
  const AnomalyDetector detector(run, names, seed, quiet);
  std::vector<Separation> found;
  const auto measure = [&](const std::string& name, const Tensor& all) {
    const Tensor values = all.index({known}), positive = anomalous.index({known});
    found.push_back({.score = name,
                     .auroc = statistics::auroc_figure(values, positive),
                     .aupr = statistics::average_precision_figure(values, positive)});
  };
  const auto scores = detector.score(scored, "scoring");
  for (const auto& name : names) {
    for (const auto& score : scores) {
      if (score.kind->name == name) measure(name, score.values);
    }
  }
  measure(kNearestName, nearest_distances(train, scored, seed, quiet));
  return found;
}

}  // namespace latent
