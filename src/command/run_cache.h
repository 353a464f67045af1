// What commands compute for a run and keep in its folder for the next time.
#pragma once

#include <filesystem>
#include <string>

#include "core/tensor.h"
#include "run/safetensors.h"

namespace latent {

/// Tells the examples that something was computed from: "60000-2839128321".
/// examples: the first dimension counts them.
std::string data_mark(const Tensor& examples);

/// Writes the file, and its folder. Of a run that cannot be written to, this is only said.
void keep_in_cache(const std::filesystem::path& path, const TensorFile& file);

}  // namespace latent
