// The figures of `latent detect`, as JSON and as a table.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command/detection/detect_threshold.h"

namespace latent {

/// Adds how the thresholds were chosen: "threshold_by", "quantile", "threshold_examples".
void describe_thresholds(nlohmann::ordered_json& json, const Thresholds& thresholds);

/// Returns what a score flags above its threshold, if it has one, and how well it separates, if it
/// is known what is normal: AUROC and AUPR; precision, recall and F1 at the threshold. Precision is
/// null if nothing is flagged.
nlohmann::ordered_json describe_detection(const AnomalyScore& score,
                                          const std::optional<double>& threshold,
                                          const NormalRule& normal);

/// Returns the figures in `json` as text of at most 80 columns.
std::string detection_table(const nlohmann::ordered_json& json, const ExampleBatches& examples,
                            const Thresholds& thresholds, const NormalRule& normal,
                            const std::vector<AnomalyScore>& scores);

}  // namespace latent
