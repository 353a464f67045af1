// The names under which files are written until they are whole, "z.csv.tmp1234" with the number of
// the process, and what becomes of those that were left behind.
#pragma once

#include <filesystem>
#include <string>

namespace latent {

/// The name under which this process writes `path`.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Whether `path` is such a name, of whatever process.
bool is_temporary(const std::filesystem::path& path);

/// Whether no process of this machine has the number in the name of a temporary file.
bool is_abandoned(const std::filesystem::path& temporary);

/// Whether `path` is an abandoned temporary file that was not touched for an hour: in a folder that
/// other machines may write to, theirs would have been.
bool is_left_over(const std::filesystem::path& path);

/// Removes what processes that are gone have left of `path`, an hour later. Looks through its
/// folder the first time that this process asks about it, and not again. May be called by several
/// threads.
void remove_abandoned(const std::filesystem::path& path);

/// A temporary file of this process while it is written; too many at once, or names that are too
/// long, are not noted. May be used by several threads.
class NotedTemporary {
 public:
  NotedTemporary() = default;
  ~NotedTemporary() { forget(); }
  NotedTemporary(const NotedTemporary&) = delete;
  NotedTemporary& operator=(const NotedTemporary&) = delete;

  void note(const std::filesystem::path& temporary);
  void forget();

 private:
  int place_ = -1;
};

/// Removes the files that are noted. For signal handlers: the process ends after it.
void remove_noted_temporaries();

}  // namespace latent
