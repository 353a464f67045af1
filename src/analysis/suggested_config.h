// Suggests a config for a file or a folder of data.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/image_shape.h"

namespace latent {

/// Returns section `data` of the first data set of the table that recognises `path`, a file or
/// folder of data. Throws Error naming what was expected if none does.
nlohmann::ordered_json suggested_data(const std::filesystem::path& path);

/// Returns a config of a VAE for `count` training examples of this shape, with the keys of `given`
/// in it: section `data`, and perhaps others. Few examples get smaller batches and more epochs, so
/// that training has steps enough, and few images are varied: moved a little, and photos mirrored.
nlohmann::ordered_json suggested_config(const nlohmann::ordered_json& given,
                                        const ImageShape& shape, int64_t count);

}  // namespace latent
