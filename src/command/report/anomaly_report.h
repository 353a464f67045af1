// What `latent detect` leaves: a table of scores, and a picture of the strangest examples.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/anomaly.h"
#include "data/selection.h"

namespace latent {

/// Which of the subjects are normal, where that is known.
struct NormalRule {
  std::string rule = {};
  std::optional<Matches> matches = {};

  /// Whether both kinds are there.
  bool measurable() const;
};

/// A CSV: name, index in the split, attributes, scores, `flagged` (1 or 0) and, where it is known,
/// `normal`. flagged: [N] bool.
void write_scores(const std::filesystem::path& path, const ExampleBatches& subjects,
                  const std::vector<Score>& scores, const Tensor& flagged,
                  const NormalRule& normality);

/// The `shown` subjects with the highest and those with the lowest values ([N]): each with its
/// reconstruction and where the two differ, named by its class if it has one.
void write_strangest(const std::filesystem::path& path, const OpenedRun& run,
                     const ExampleBatches& subjects, const Tensor& values, int64_t shown,
                     const NormalRule& normality);

}  // namespace latent
