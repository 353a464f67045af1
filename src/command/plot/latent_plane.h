// Latents of a split as points in a plane, for charts.
#pragma once

#include <string>

#include "command/flags/arguments.h"
#include "session/opened_run.h"
#include "space/projection.h"
#include "visual/scatter.h"

namespace latent {

constexpr int64_t kPlotted = 10'000, kMaxPlotted = 100'000;  // examples

/// Points to draw, and how they come from the latents.
struct LatentPlane {
  space::Projection projection;
  Tensor chosen;       // [K] int64: examples of the split that are drawn
  Tensor coordinates;  // [K, 2] float64, before the CDF
  Tensor condition;    // [K, .] of them, or undefined
  visual::Scatter scatter;
};

/// What to draw of a run.
struct PlaneRequest {
  std::string title;           // "" for "Latents of the test split (1000 images)"
  std::string title_end = {};  // what follows that title
  bool coloured = true;  // by the most informative attribute unless --attribute says otherwise
  bool cdf = false;
  int64_t most = kPlotted;  // examples
  bool quiet = false;
};

/// Projects the latents of the split of --split as --axes says: at most `most` examples, drawn
/// at random, coloured as choose_colour says.
/// Throws Error for one latent, --axes that do not fit, and with `cdf` for a model without a
/// standard normal prior.
LatentPlane latent_plane(const Arguments& arguments, const OpenedRun& run,
                         const PlaneRequest& request);

/// Returns where latents [N, Z] lie on the chart, [N, 2].
Tensor chart_points(const LatentPlane& plane, const Tensor& z);
/// Returns the latents [N, Z] at points [N, 2] of the chart.
Tensor latents_at(const LatentPlane& plane, const Tensor& points);

/// Returns --count, or `otherwise` without the flag. Throws UsageError if it is out of range.
int64_t count_or(const Arguments& arguments, int64_t otherwise, int64_t low, int64_t high);

}  // namespace latent
