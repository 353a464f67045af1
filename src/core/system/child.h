// Programs that this one starts and waits for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace latent {

/// Returns the file of the running program.
std::filesystem::path this_program();

/// Returns the program of that name in a folder of PATH, or "".
std::filesystem::path program_on_path(const std::string& name);

/// A running program. It gets SIGTERM when this process dies, however that happens.
class ChildProcess {
 public:
  /// Starts a program without a shell. words: its path and its arguments. output, messages: files
  /// that its stdout and its stderr are written to, which are emptied first.
  /// Throws Error if a file cannot be written or the program cannot be started.
  ChildProcess(const std::vector<std::string>& words, const std::filesystem::path& output,
               const std::filesystem::path& messages);
  /// Ends the program if it still runs, and waits for its end.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Returns the exit code once the program has ended, or 128 + N if signal N ended it.
  std::optional<int> ended();
  /// Waits at most this long for the end of the program.
  std::optional<int> wait(double seconds);
  void send(int signal) const;

 private:
  int process_ = 0;
  std::optional<int> code_;
};

}  // namespace latent
