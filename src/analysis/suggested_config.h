// A config for files that a user points at.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/image_shape.h"

namespace latent {

/// Section `data` for what lies at `path`: IDX files, CelebA, CIFAR-10, a folder of images, or one
/// file of a kind that a data set reads. Throws Error naming what was looked for.
nlohmann::ordered_json suggested_data(const std::filesystem::path& path);

/// A whole config: that section, and a VAE that suits images of this shape.
nlohmann::ordered_json suggested_config(const nlohmann::ordered_json& data,
                                        const ImageShape& shape);

}  // namespace latent
