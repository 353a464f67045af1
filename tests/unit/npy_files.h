// NPY and NPZ files made by hand.
#pragma once

#include <zip.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace latent::testing_files {

/// An NPY file of version 1 whose header is this dictionary.
inline std::string npy_file(const std::string& dictionary, const std::string& values) {
  std::string header = dictionary;
  while ((10 + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() & 0xff) +
         static_cast<char>(header.size() >> 8) + header + values;
}

/// As NumPy writes it.  shape: "(3, 4)".
inline std::string npy_bytes(const std::string& type, const std::string& shape,
                             const std::string& values) {
  return npy_file("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }",
                  values);
}

/// The numbers as they lie in memory.
template <class T>
std::string stored(const std::vector<T>& numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// Writes a ZIP file with these entries; method: ZIP_CM_STORE, ZIP_CM_DEFLATE, ...
inline void write_zip(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, std::string>>& entries,
                      int method = ZIP_CM_DEFLATE) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : entries) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  if (zip_close(archive) != 0) throw std::runtime_error("zip_close");
}

}  // namespace latent::testing_files
