// How much an example differs from the training examples of a run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/registry.h"
#include "session/example_batches.h"
#include "session/opened_run.h"

namespace latent {

/// The most training examples whose scores are usual, to find a threshold; drawn at random from
/// more.
constexpr int64_t kUsualExamples = 20'000;
/// The quantile of the usual scores above which an example is flagged unless another is given.
constexpr double kUsualQuantile = 0.95;

/// What a score fitted to the training split, by name; on the CPU.
using FittedTensors = std::map<std::string, Tensor>;

/// Some examples and their code.
struct ScoredBatch {
  Tensor images;  // [B, C, H, W]
  Latent code;    // with the examples' condition
};

/// What a score is fitted with.
struct AnomalyFitting {
  const OpenedRun& run;
  const Examples& train;
  uint64_t seed;  // of the noise in the ELBO
  bool quiet;
};

/// A kind of score: one number for each example; the higher, the more anomalous.
struct AnomalyScoreRow {
  std::string name;     // of --score and in the JSON: "error"
  std::string summary;  // what the number is, with its unit
  std::string column;   // of the CSV
  /// Returns why a run has no such score, or "".
  std::string (*unavailable)(const OpenedRun&);
  /// Returns what the score needs to know of the training split; null: nothing.
  FittedTensors (*fit)(const AnomalyFitting&);
  /// Returns the scores of a batch: [B] float64 on the CPU.
  Tensor (*score)(const OpenedRun&, const FittedTensors&, const ScoredBatch&);
};

const Registry<AnomalyScoreRow>& anomaly_scores();

/// The scores of one kind.
struct AnomalyScore {
  const AnomalyScoreRow* kind;
  Tensor values;  // [N] float64
};

/// Scores examples in the ways that are asked for.
class AnomalyDetector {
 public:
  /// Fits what the scores need to the training split, once for a checkpoint, score and seed: later
  /// detectors read it from the run's cache, and if the training examples cannot be loaded any
  /// more, with a warning. seed: of the noise in the ELBO and of the choice of usual examples.
  /// names: the scores to compute; all that the run has if there are none. Throws Error if neither
  /// the examples nor what was fitted to them is there.
  AnomalyDetector(const OpenedRun& run, const std::vector<std::string>& names, uint64_t seed,
                  bool quiet);

  /// Scores the examples batch by batch, with a progress bar under `label`. Returns a score for
  /// each of `names()`.
  std::vector<AnomalyScore> score(const ExampleBatches& examples, const std::string& label) const;

  /// Returns the scores of the training examples, or of kUsualExamples of them. Computes them once
  /// for a checkpoint, score and seed.
  std::vector<AnomalyScore> usual();

  /// The names of the scores.
  std::vector<std::string> names() const;

 private:
  struct Fitted {
    const AnomalyScoreRow* kind;
    FittedTensors tensors;
    Tensor usual = {};  // [M] float64; undefined: not known yet
  };

  std::vector<AnomalyScore> scores_of(const std::vector<Fitted>& kinds,
                                      const ExampleBatches& examples,
                                      const std::string& label) const;
  const Examples& train() const;

  const OpenedRun& run_;
  uint64_t seed_;
  bool quiet_;
  std::string why_no_train_;
  std::optional<Examples> train_;
  std::vector<Fitted> scores_;
};

}  // namespace latent
