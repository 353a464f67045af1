// A lock that one process holds at a time.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Holds an exclusive lock on a file while it lives and removes the file at the end.
///
/// If another process holds the lock, logs `waiting` and waits. A process that dies releases it. On
/// a file system without locks it only warns, so whatever is done under the lock must be correct
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
