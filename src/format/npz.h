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
  /// Opens the archive. Throws Error if the file is missing or not a ZIP archive, or it holds no
  /// array or two of one name.
  explicit NpzArchive(const std::filesystem::path& path);

  /// Returns the names of the arrays, in the order of the archive.
  const std::vector<std::string>& arrays() const { return arrays_; }
  const std::string& name() const { return name_; }

  /// Opens one array as an NPY file; its checksum is verified at its end. Throws Error if there is
  /// none of that name, or it is encrypted, neither stored nor deflated, or claims to hold more
  /// than it can.
  std::unique_ptr<ByteStream> open(const std::string& array) const;

 private:
  std::string name_;
  std::shared_ptr<zip> archive_;
  std::vector<std::string> arrays_;
};

}  // namespace latent
