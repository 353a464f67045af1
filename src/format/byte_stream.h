// Bytes that are read in order: of a file, or of a part of an archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace latent {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills `to` with the next bytes; returns how many there were, fewer than asked for at the end
  /// only. Throws Error if they are damaged or cannot be read.
  virtual int64_t read(void* to, int64_t bytes) = 0;
  /// All bytes there are, read or not: what the file may be believed to hold.
  virtual int64_t size() const = 0;
  /// "shapes.npz: imgs": as messages begin.
  virtual const std::string& name() const = 0;
};

/// Starts reading from the beginning.
using OpenStream = std::function<std::unique_ptr<ByteStream>()>;

/// The bytes of a file. Throws Error if it is missing or no regular file.
std::unique_ptr<ByteStream> open_stream(const std::filesystem::path& path);

}  // namespace latent
