// The thresholds of `latent detect`: above which score an example is flagged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "report/anomaly_report.h"

namespace latent {

/// How the thresholds are chosen.
struct ThresholdRule {
  enum class Kind { kQuantile, kBestF1, kGiven };

  Kind kind = Kind::kQuantile;
  double number = 0;       // the quantile, or the threshold
  std::string score = "";  // the one that the given threshold is for

  /// Returns "quantile", "f1" or "given".
  std::string name() const;
};

/// A threshold for each score of a detector, and what they were found with.
struct Thresholds {
  ThresholdRule rule;
  std::vector<std::optional<double>> values;  // nothing: this score has none
  int64_t examples = 0;                       // that they were found with; 0 if they were given

  /// Returns what is flagged, for people: "above the 0.95 quantile of 256 training examples".
  std::string text() const;
};

/// Declares --threshold and --quantile.
void declare_threshold(cxxopts::Options& options);

/// Reads the flags. chosen: the score to flag by. Throws UsageError for another word, for a number
/// out of range, and for flags that exclude each other.
ThresholdRule read_threshold(const Arguments& arguments, const std::string& chosen);

/// Finds the thresholds: by quantiles of the training scores, by the best F1 on the validation
/// split, or the one that was given, for the chosen score alone. rule: which examples are normal,
/// for F1.
/// Throws Error if the validation split is the one to score, or does not hold both normal and other
/// examples.
Thresholds find_thresholds(const ThresholdRule& threshold, const Arguments& arguments,
                           const OpenedRun& run, AnomalyDetector& detector,
                           const std::string& rule);

}  // namespace latent
