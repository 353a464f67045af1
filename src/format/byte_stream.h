// Bytes of a file, or of an entry of an archive, that are read in order.
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
  /// Fills `to` with the next bytes and returns their number, which is smaller than asked for only
  /// at the end. Throws Error if they are damaged or cannot be read.
  virtual int64_t read(void* to, int64_t bytes) = 0;
  /// Returns the number of all bytes, read or not.
  virtual int64_t size() const = 0;
  /// Returns how messages begin: "shapes.npz: imgs".
  virtual const std::string& name() const = 0;
};

/// Opens a stream at its beginning.
using OpenStream = std::function<std::unique_ptr<ByteStream>()>;

/// Opens a file. Throws Error if it is missing or not a regular file.
std::unique_ptr<ByteStream> open_stream(const std::filesystem::path& path);

}  // namespace latent
