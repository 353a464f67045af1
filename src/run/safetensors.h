// Safetensors files: named tensors and text metadata, readable from Python in one line.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/tensor.h"

namespace latent {

struct TensorFile {
  std::map<std::string, Tensor> tensors;  // on the CPU, contiguous
  std::map<std::string, std::string> metadata;
};

/// Writes atomically. Tensors go out contiguous in their logical order, whatever their strides: the
/// format has none. A CRC-32 of the whole file is kept in its metadata. Throws Error naming the
/// file and the system's reason.
void write_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Reads a file that write_tensors or another program wrote; a CRC-32 is verified if there is one.
/// Throws Error if it is missing, cut short, malformed or damaged.
/// Format: https://github.com/huggingface/safetensors#format
TensorFile read_tensors(const std::filesystem::path& path);

}  // namespace latent
