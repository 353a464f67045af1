// What `latent detect` writes: a table of scores, and a picture of the most and the least
// anomalous examples.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/anomaly.h"
#include "data/selection/selection.h"

namespace latent {

/// Which of the examples are normal.
struct NormalRule {
  std::string rule = {};                // "" if none is known
  std::optional<Matches> matches = {};  // of the examples, if their attributes are known

  /// Whether there are both normal and other examples.
  bool measurable() const;
  /// Returns of how many examples it is unknown whether they are normal.
  int64_t unknown() const;
};

/// Writes a CSV: name, index in the split, attributes, scores, `flagged` (1 or 0) and, if it is
/// known, `normal` (1 or 0). flagged: [N] bool.
void write_scores(const std::filesystem::path& path, const ExampleBatches& examples,
                  const std::vector<AnomalyScore>& scores, const Tensor& flagged,
                  const NormalRule& normal);

/// Scores by which examples are chosen and flagged.
struct RankedScores {
  Tensor values;      // [N]
  int64_t shown;      // of the highest and of the lowest
  std::string rule;   // whose attribute names the examples, or ""
  std::string score;  // the score's name
  double threshold;   // above which an example is flagged
};

/// Draws the `shown` examples with the highest and those with the lowest values: each with its
/// reconstruction and their difference, named by its class if it has one, and framed if it is
/// flagged.
void write_most_anomalous(const std::filesystem::path& path, const OpenedRun& run,
                          const ExampleBatches& examples, const RankedScores& scores,
                          const visual::Look& look);

}  // namespace latent
