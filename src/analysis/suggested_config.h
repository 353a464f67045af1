// Suggests a config for a file or a folder of data.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/image_shape.h"

namespace latent {

/// Returns section `data` for the data at `path`: a folder of IDX files, CelebA, CIFAR-10 or
/// images; or one .csv, .npy or .npz file. Throws Error naming what was expected.
nlohmann::ordered_json suggested_data(const std::filesystem::path& path);

/// Returns a config of that section `data` and a VAE for examples of this shape.
nlohmann::ordered_json suggested_config(const nlohmann::ordered_json& data,
                                        const ImageShape& shape);

}  // namespace latent
