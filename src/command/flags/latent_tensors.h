// Latents and their decoded images as tensors for other programs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "core/tensor.h"

namespace latent {

/// Declares --tensors. what: the tensors, with their shapes.
void declare_latent_tensors(cxxopts::Options& options, const std::string& what);

/// Throws UsageError if --tensors names another kind of file than .safetensors.
void check_latent_tensors(const Arguments& arguments);

/// Writes tensors, such as z [N, Z] and images [N, C, H, W], to the file of --tensors, if it is
/// given, creating its folder, and adds the file to `written`. Throws Error naming what cannot be
/// written.
void write_latent_tensors(const Arguments& arguments, const std::map<std::string, Tensor>& tensors,
                          std::vector<std::string>& written);

}  // namespace latent
