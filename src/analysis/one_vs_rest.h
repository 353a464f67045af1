// One class is normal and all others are anomalies: how well a run trained on that class tells them
// apart, beside baselines without a network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/example_batches.h"
#include "session/opened_run.h"
#include "statistics/ranking.h"

namespace latent {

/// The neighbours whose mean distance is the baseline "nearest".
constexpr int64_t kNearest = 5;

/// How well one score tells the other classes from the run's own, with anomalies as positives.
struct Separation {
  std::string score;  // "error", "pca", "nearest"
  statistics::RankingFigure auroc, aupr;
};

/// Returns the scores that `separations` measures: the chosen one, "pca" and "nearest".
std::vector<std::string> one_vs_rest_scores(const std::string& chosen);

/// Scores all examples of a split by the chosen anomaly score, by the error of as many principal
/// components as there are latents, and by the mean distance of the pixels to the kNearest training
/// images (of at most 20,000, drawn by `seed`). All three know the run's training split only.
///
/// known, anomalous: [N] bool, of these examples; those that are not known do not count, and
/// among the others are both normal and anomalous ones.
/// Returns one for each of `one_vs_rest_scores`.
std::vector<Separation> separations(const OpenedRun& run, const ExampleBatches& scored,
                                    const std::string& chosen, const Tensor& known,
                                    const Tensor& anomalous, uint64_t seed, bool quiet);

}  // namespace latent
