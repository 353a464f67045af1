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

/// Opens a file for reading. Throws Error if it is missing, a folder, or cannot be read. Waits for
/// whoever writes to a pipe.
std::ifstream open_file(const std::filesystem::path& path);

/// The same for what can be no pipe. Throws Error also if it is one, or a device.
std::ifstream open_regular_file(const std::filesystem::path& path);

/// Throws Error for a pipe or a device; a folder, or nothing, is for whoever opens it to tell.
void expect_regular_file(const std::filesystem::path& path);

/// The bytes of a file, a pipe too. Throws Error if it is missing, a folder, or larger than `limit`
/// bytes.
std::string read_file(const std::filesystem::path& path, size_t limit = size_t{1} << 33);

/// Makes a folder and its parents. Throws Error naming the folder and the reason.
void make_directories(const std::filesystem::path& directory);

/// Writes a file piece by piece under a temporary name in the same folder and renames it on
/// `commit`.
///
/// The data and the folder are synced to disk before and after the rename; a folder that cannot be
/// is a warning. Without `commit` (an exception, say) the temporary file is removed and the old
/// file stays; so are those that processes that are gone have left of the same file. Throws Error
/// naming the file and the system's reason.
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
