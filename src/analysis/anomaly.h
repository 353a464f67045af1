// How much an example differs from the training examples of a run.
#pragma once

#include <string>
#include <vector>

#include "core/registry.h"
#include "session/example_batches.h"
#include "session/opened_run.h"
#include "space/anomaly.h"
#include "statistics/principal_components.h"

namespace latent {

/// What the scores are computed with: a run, and what was fitted to its training split.
struct AnomalyModel {
  const OpenedRun& run;
  space::LatentSpread spread;
  statistics::PrincipalComponents components;  // as many as there are latents
  Tensor noise;                                // [2, Z], on the run's device
};

/// Some examples and their code.
struct ScoredBatch {
  Tensor images;  // [B, C, H, W]
  Latent code;    // with the examples' condition
};

/// A kind of score: one number for each example; the higher, the more anomalous.
struct AnomalyScoreRow {
  std::string name;     // of --score and in the JSON: "error"
  std::string summary;  // what the number is, with its unit
  std::string column;   // of the CSV
  /// Returns why a run has no such score, or "".
  std::string (*unavailable)(const OpenedRun&);
  /// Returns the scores of a batch: [B] float64 on the CPU.
  Tensor (*score)(const AnomalyModel&, const ScoredBatch&);
};

const Registry<AnomalyScoreRow>& anomaly_scores();

/// The scores of one kind.
struct AnomalyScore {
  const AnomalyScoreRow* kind;
  Tensor values;  // [N] float64
};

/// Scores examples in every way that its run allows.
class AnomalyDetector {
 public:
  /// Fits what the scores need to the training split. seed: of the noise in the ELBO. names: the
  /// scores to compute; all that the run has if there are none.
  AnomalyDetector(const OpenedRun& run, const Examples& train, uint64_t seed, bool quiet,
                  const std::vector<std::string>& names = {});

  /// Scores the examples batch by batch, with a progress bar under `label`. Returns a score for
  /// each of `names()`.
  std::vector<AnomalyScore> score(const ExampleBatches& examples, const std::string& label,
                                  bool quiet) const;

  /// The names of the scores that the run has.
  std::vector<std::string> names() const;

 private:
  AnomalyModel model_;
  std::vector<const AnomalyScoreRow*> kinds_;
};

}  // namespace latent
