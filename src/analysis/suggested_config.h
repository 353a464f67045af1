// Suggests a config for a file or a folder of data.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/image_shape.h"

namespace latent {

/// Returns section `data` of the first data set of the table that recognises `path`, a file or
/// folder of data. Throws Error naming what was expected if none does.
nlohmann::ordered_json suggested_data(const std::filesystem::path& path);

/// Returns a config of a VAE for examples of this shape, with the keys of `given` in it: section
/// `data`, and perhaps others.
nlohmann::ordered_json suggested_config(const nlohmann::ordered_json& given,
                                        const ImageShape& shape);

}  // namespace latent
