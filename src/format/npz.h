// NPZ files, NumPy's archives of arrays: ZIP files whose entries are NPY files.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "format/byte_stream.h"

struct zip;

namespace latent {

class NpzArchive {
 public:
  /// Throws Error if the file is missing, no ZIP archive, or holds no array, or one name twice.
  explicit NpzArchive(const std::filesystem::path& path);

  /// The arrays' names, in the archive's order.
  const std::vector<std::string>& arrays() const { return arrays_; }
  const std::string& name() const { return name_; }

  /// One array as an NPY file. Its checksum is checked where it ends. Throws Error if there is none
  /// of that name, or it is neither stored nor deflated, encrypted, or claims to hold more than it
  /// can.
  std::unique_ptr<ByteStream> open(const std::string& array) const;

 private:
  std::string name_;
  std::shared_ptr<zip> archive_;
  std::vector<std::string> arrays_;
};

}  // namespace latent
