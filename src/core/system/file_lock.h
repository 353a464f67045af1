// One process at a time.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Holds an exclusive lock while it lives; the file that carries it is then removed.
///
/// If another process has it, says `waiting` and waits. A process that dies lets go. Where the file
/// system knows no locks a warning is all that happens: what is made under a lock must stay right
/// without it. Throws Error if the file cannot be written.
class FileLock {
 public:
  FileLock(std::filesystem::path path, const std::string& waiting);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace latent
