// One process at a time trains in a run's folder.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// The right to write a run's checkpoints, held while it lives.
///
/// The system's lock on the file "train.lock" dies with the process that holds it, however that
/// ends; the file says who that is. Where the file system knows no locks a warning is all that
/// happens.
class RunLock {
 public:
  /// folder: of the run, which must be there. Throws Error naming the process that has the lock,
  /// its host and since when; or if the file cannot be written.
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  static std::filesystem::path path_in(const std::filesystem::path& folder) {
    return folder / "train.lock";
  }
  /// "process 1234 on host, since 2026-11-21 18:30:05" if a process trains in the folder, else "".
  static std::string holder(const std::filesystem::path& folder);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace latent
