// Safetensors files: named tensors and text metadata, which Python reads in one line.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/tensor.h"

namespace latent {

struct TensorFile {
  std::map<std::string, Tensor> tensors;  // as read: on the CPU, contiguous
  std::map<std::string, std::string> metadata;
};

/// Writes a file atomically. Tensors are stored contiguous in their logical order, since the format
/// has no strides. The metadata hold a CRC-32 of the whole file as "crc32", and a "writer" that
/// requires it. Throws Error naming the file and the system's reason.
void write_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Reads a file that write_tensors or another program wrote. A CRC-32 is verified if there is one
/// and required if write_tensors wrote the file, so that any change to such a file is detected. For
/// files from other programs the rules of the format are checked. Throws Error if the file is
/// missing, cut short, malformed or damaged. Format:
/// https://github.com/huggingface/safetensors#format
TensorFile read_tensors(const std::filesystem::path& path);

}  // namespace latent
