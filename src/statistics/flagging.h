// What a threshold on scores flags, and how well that agrees with what is known.
#pragma once

#include <cstdint>
#include <optional>

#include "core/tensor.h"

namespace latent::statistics {

/// How many examples a threshold flags rightly and wrongly.
struct Flagging {
  int64_t hits = 0;          // positive and flagged
  int64_t false_alarms = 0;  // flagged, but negative
  int64_t missed = 0;        // positive, but not flagged

  /// Returns the share of the flagged examples that are positive; nothing if none is flagged.
  std::optional<double> precision() const;
  /// Returns the share of the positive examples that are flagged; nothing if none is positive.
  std::optional<double> recall() const;
  /// Returns the harmonic mean of precision and recall, 2 hits / (2 hits + false alarms + missed);
  /// 0 without hits. Source: van Rijsbergen 1979.
  double f1() const;
};

/// Counts what lies above the threshold. scores: [N].  positive: [N] bool.
Flagging flagged_above(const Tensor& scores, const Tensor& positive, double threshold);

/// Returns the threshold with the best F1: halfway between the lowest score that it flags and the
/// next lower one. Of equally good thresholds the highest, which flags least; a threshold below
/// every score if flagging all of them is best.
/// scores: [N].  positive: [N] bool, at least one.
double best_f1_threshold(const Tensor& scores, const Tensor& positive);

}  // namespace latent::statistics
