// Reading whole files, and writing them so that a reader sees the old file or the new one, never
// half of one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace latent {

/// Opens a file for reading. Throws Error if it is missing, a folder, or cannot be read.
std::ifstream open_file(const std::filesystem::path& path);

/// The bytes of a file. Throws Error if it is missing, a folder, or larger than `limit` bytes.
std::string read_file(const std::filesystem::path& path, size_t limit = size_t{1} << 33);

/// Makes a folder and its parents. Throws Error naming the folder and the reason.
void make_directories(const std::filesystem::path& directory);

/// Writes a file piece by piece under a temporary name in the same folder and renames it on
/// `commit`.
///
/// The data and the folder are synced to disk before and after the rename. Without `commit` (an
/// exception, say) the temporary file is removed and the old file stays. Throws Error naming the
/// file and the system's reason.
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
  int descriptor_ = -1;
};

/// Whether an AtomicFile writes under this name: what a process that was killed may leave behind.
bool is_temporary(const std::filesystem::path& path);

/// Whether no process of this machine has the number in the name of a temporary file.
bool is_abandoned(const std::filesystem::path& temporary);

/// Writes `bytes` to `path` atomically.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace latent
