// A figure of a sweep as lines with error bars.
#pragma once

#include <string>
#include <vector>

#include "session/sweep/table.h"
#include "visual/chart.h"

namespace latent {

struct SweepChart {
  std::vector<visual::Series> series;  // one for each combination of the other keys
  visual::ChartAxis axis;
};

/// Returns the chart of a figure against a key. Values that are no numbers stand beside each other
/// in the order of the sweep; positive numbers over a wide range are on a logarithmic axis.
SweepChart sweep_chart(const SweepTable& table, const std::string& figure, const std::string& key);

}  // namespace latent
