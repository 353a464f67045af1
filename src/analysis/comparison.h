// Compares several versions of the same images with the truth.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "visual/gallery.h"

namespace latent {

/// The measures of each version, as JSON and as text.
struct Comparison {
  /// "images": for each its name and, by version, its "psnr" and "ssim" (of a table's rows: "mse");
  /// "mean": the same over the images; "psnr_gain": the last version's PSNR above the first's, in
  /// dB, mean over the images.
  nlohmann::ordered_json json;
  std::string text;  // the first images as a table, then the mean
};

/// Measures each version against the truth. versions: [N, C, H, W] in [0, 1] (clamped), the model's
/// version last.  truth: of the same shape.
Comparison compare(const std::vector<visual::Version>& versions, const Tensor& truth,
                   const std::vector<std::string>& names, bool table);

}  // namespace latent
