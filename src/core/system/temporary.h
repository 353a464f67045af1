// The names of files while they are written, "z.csv.tmp1234" with the number of the process, and
// the removal of those that were left behind.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// Returns the name under which this process writes `path`.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Returns true if `path` is the temporary name of any process.
bool is_temporary(const std::filesystem::path& path);

/// Returns true if no process of this machine has the number in the name of a temporary file.
bool is_abandoned(const std::filesystem::path& temporary);

/// Returns true if `path` is an abandoned temporary file that was not modified for an hour. Other
/// machines may write into the same folder; their files would have been modified.
bool is_left_over(const std::filesystem::path& path);

/// Removes the temporary files of `path` that dead processes left more than an hour ago. Lists its
/// folder only at the first call for that folder. May be called by several threads.
void remove_abandoned(const std::filesystem::path& path);

/// Notes a temporary file of this process while it is written, for remove_noted_temporaries. Names
/// that are too long, and more than a few at once, are not noted. May be used by several threads.
class NotedTemporary {
 public:
  NotedTemporary() = default;
  ~NotedTemporary() { forget(); }
  NotedTemporary(const NotedTemporary&) = delete;
  NotedTemporary& operator=(const NotedTemporary&) = delete;

  void note(const std::filesystem::path& temporary);
  void forget();

 private:
  int slot_ = -1;
};

/// Removes the files that are noted. For signal handlers: the process ends afterwards.
void remove_noted_temporaries();

}  // namespace latent
