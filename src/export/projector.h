// Latents for the Embedding Projector (projector.tensorflow.org, and the tab of TensorBoard).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "data/dataset.h"

namespace latent {

/// What the projector shows.
struct ProjectorPoints {
  Tensor latents;                                                   // [N, Z]
  std::vector<std::string> names;                                   // N
  std::vector<Attribute> attributes;                                // each with N values
  std::function<Tensor(int64_t first, int64_t count)> images = {};  // [B, C, H, W] in [0, 1];
                                                                    // none: points without pictures
};

/// Writes tensors.tsv, metadata.tsv, sprite.png (if there are images) and the two files that name
/// them, projector_config.json for the page and projector_config.pbtxt for TensorBoard, into a
/// folder. Fewer than three latents get columns of zeros beside them, which the projector's views
/// need. The sprite is a square of pictures in the order of the points, at most 8192 pixels a
/// side, which is what browsers show. Returns the files. Throws Error if one cannot be written.
std::vector<std::string> write_projector(const std::filesystem::path& folder,
                                         const ProjectorPoints& points);

}  // namespace latent
