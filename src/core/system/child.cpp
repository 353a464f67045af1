#include "core/system/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

#include "core/error.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr auto kPause = std::chrono::milliseconds(10);
constexpr int kNotStarted = 127;

// An open file that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (number_ < 0) throw Error(path.string() + ": cannot be written: " + std::strerror(errno));
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// Becomes the program. Runs in the copy of this process, where only calls of the system are safe.
[[noreturn]] void become(char* const* words, pid_t parent, int in, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(kNotStarted);  // it died before the line above
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execv(words[0], words);
  ::_exit(kNotStarted);
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

fs::path this_program() {
  std::error_code code;
  const fs::path path = fs::read_symlink("/proc/self/exe", code);
  // After an update the old file has no name any more, but the link still opens it.
  return !code && fs::exists(path, code) ? path : fs::path("/proc/self/exe");
}

fs::path program_on_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path program = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code code;
    if (::access(program.c_str(), X_OK) == 0 && !fs::is_directory(program, code)) return program;
  }
  return {};
}

ChildProcess::ChildProcess(const std::vector<std::string>& words, const fs::path& output,
                           const fs::path& messages) {
  std::vector<char*> pointers;
  for (const auto& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const Descriptor in("/dev/null", O_RDONLY);
  const Descriptor out(output, O_WRONLY | O_CREAT | O_TRUNC);
  const Descriptor err(messages, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw Error(words.front() + ": cannot be started: " + std::strerror(errno));
  if (child == 0) become(pointers.data(), parent, in.number(), out.number(), err.number());
  process_ = child;
}

ChildProcess::~ChildProcess() {
  if (ended()) return;
  send(SIGTERM);
  if (!wait(10)) send(SIGKILL);
  while (!wait(10)) {
  }
}

std::optional<int> ChildProcess::ended() {
  if (code_) return code_;
  int status = 0;
  const pid_t found = ::waitpid(process_, &status, WNOHANG);
  if (found == process_) code_ = exit_code(status);
  if (found < 0 && errno == ECHILD) code_ = kNotStarted;  // somebody else has waited for it
  return code_;
}

std::optional<int> ChildProcess::wait(double seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!ended() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(kPause);
  return code_;
}

void ChildProcess::send(int signal) const {
  if (!code_) ::kill(process_, signal);
}

}  // namespace latent
