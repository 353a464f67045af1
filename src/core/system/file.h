// Reading whole files, and writing them so that a reader sees the old file or the new one, never
// half of one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/system/temporary.h"

namespace latent {

/// Opens a file for reading. Throws Error if it is missing, a folder, or cannot be read. If it is a
/// pipe, waits for its writer.
std::ifstream open_file(const std::filesystem::path& path);

/// Opens a file as open_file does, but also throws Error if it is a pipe or a device.
std::ifstream open_regular_file(const std::filesystem::path& path);

/// Throws Error for a pipe or a device. Folders and missing files are left to the function that
/// opens them.
void expect_regular_file(const std::filesystem::path& path);

/// Returns the bytes of a file or a pipe. Throws Error if it is missing, a folder, or larger than
/// `limit` bytes.
std::string read_file(const std::filesystem::path& path, size_t limit = size_t{1} << 33);

/// Returns the first bytes of a regular file, at most `count`; "" if it cannot be read.
std::string first_bytes(const std::filesystem::path& path, size_t count);

/// Creates a folder and its parents. Throws Error naming the folder and the reason.
void make_directories(const std::filesystem::path& directory);

/// Writes a file piece by piece under a temporary name in the same folder and renames it on
/// `commit`.
///
/// The data are synced to disk before the rename and the folder after it; a folder that cannot be
/// synced causes a warning. Without `commit` (after an exception, for example) the temporary file
/// is removed and the old file stays. Temporary files that dead processes left of the same file are
/// removed as well. Throws Error naming the file and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  NotedTemporary noted_;
  int descriptor_ = -1;
};

/// Writes `bytes` to `path` atomically.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace latent
