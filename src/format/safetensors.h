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
/// format has none. Its metadata keep a CRC-32 of the whole file as "crc32", and as "writer" that
/// there must be one. Throws Error naming the file and the system's reason.
void write_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Reads a file that write_tensors or another program wrote. A CRC-32 is verified if there is one,
/// and missed if write_tensors wrote the file: one that it wrote is read as it was written or not
/// at all. Of other programs' files the format's rules are checked. Throws Error if it is missing,
/// cut short, malformed or damaged. Format: https://github.com/huggingface/safetensors#format
TensorFile read_tensors(const std::filesystem::path& path);

}  // namespace latent
