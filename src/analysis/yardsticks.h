// What simple ways to draw the examples of a split reach: the scale on which a run's figures are
// read.
#pragma once

#include <functional>
#include <optional>

#include "session/opened_run.h"

namespace latent {

/// How near pictures are to the examples that they stand for, the means over the examples.
struct Likeness {
  double mse = 0;            // per value
  double psnr = 0;           // dB; of images, 0 for a table
  double ssim = 0;           // of images, 0 for a table
  double cross_entropy = 0;  // nats per image, of values in [0, 1]; 0 for a table
};

/// Returns the likeness of examples and of what `draw` makes of them, [B, C, H, W] of the same
/// shape. As for a run's figures, pictures are clamped to [0, 1] for psnr and ssim; for the
/// cross-entropy they are kept 1/512 away from 0 and 1, where one wrong value would cost without
/// limit.
Likeness likeness(const Examples& examples, const std::function<Tensor(const Tensor&)>& draw);

struct Yardsticks {
  Likeness mean;                     // the mean example of the split, drawn each time
  std::optional<Likeness> pca = {};  // principal components, as many as the run has latents
  int64_t components = 0;
  /// Nats per image that the cross-entropy cannot fall below: the entropy of the values themselves.
  double entropy = 0;
};

/// Measures the yardsticks of a run on the examples of a split.
///
/// The components are fitted to the training split once and kept in the run's cache. There are none
/// for a run with a codebook, whose latents are not numbers, for one that sees less than the whole
/// example (noise, small images), for examples of more than kMaxCovarianceColumns values, which
/// would take long, and if the training split can no longer be read.
Yardsticks yardsticks(const OpenedRun& run, const Examples& examples);

}  // namespace latent
