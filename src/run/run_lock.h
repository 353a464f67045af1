// The lock that lets one process at a time train in a run's folder.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// The right to write a run's checkpoints, held while it lives.
///
/// A lock of the system on the file "train.lock", which names its holder. It ends with the process,
/// however that ends. On a file system without locks it only warns.
class RunLock {
 public:
  /// folder: the folder of the run, which must exist. Throws Error naming the process that holds
  /// the lock, its host and since when, or if the file cannot be written.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  static std::filesystem::path path_in(const std::filesystem::path& folder) {
    return folder / "train.lock";
  }
  /// Returns "process 1234 on host, since 2026-11-21 18:30:05" if a process trains in the folder,
  /// else
  /// "".
  static std::string holder(const std::filesystem::path& folder);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace latent
