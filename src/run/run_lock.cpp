#include "run/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>

#include "core/error.h"
#include "core/log.h"
#include "core/system/process.h"
#include "core/text/split.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

std::string this_process() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  std::array<char, 32> since{};
  if (::localtime_r(&now, &local) != nullptr)
    std::strftime(since.data(), since.size(), "%Y-%m-%d %H:%M:%S", &local);
  return fmt::format("process {} on {}, since {}", ::getpid(), host_name("?"), since.data());
}

// Returns what the holder wrote, which it may not have done yet.
std::string written(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string line(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  line = first_line(line);
  return line.empty() ? "another process" : line;
}

// Returns false if the file at `path` is no longer the open one: its holder has removed it.
bool is_still_there(const fs::path& path, int descriptor) {
  struct stat open_file {
  }, file{};
  return ::fstat(descriptor, &open_file) == 0 && ::stat(path.c_str(), &file) == 0 &&
         open_file.st_ino == file.st_ino && open_file.st_dev == file.st_dev;
}

constexpr int kMostAttempts = 1000;  // ten seconds

// how: LOCK_EX to hold it, LOCK_SH to see whether another process does.
int try_lock(int descriptor, int how) {
  int result = 0;
  while ((result = ::flock(descriptor, how | LOCK_NB)) != 0 && errno == EINTR) {
  }
  return result;
}

}  // namespace

RunLock::RunLock(const fs::path& folder) : path_(path_in(folder)) {
  for (int attempt = 1;; ++attempt) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
      throw Error(path_.string() + ": cannot be written: " + std::strerror(errno));
    if (try_lock(descriptor_, LOCK_EX) == 0) {
      if (is_still_there(path_, descriptor_)) break;
    } else if (errno == EWOULDBLOCK && attempt < kMostAttempts &&
               try_lock(descriptor_, LOCK_SH) == 0) {
      // Others only look whether it is held, for microseconds, or as long as a busy machine stops
      // them. Two that wait for each other must not both hold it meanwhile.
      try_lock(descriptor_, LOCK_UN);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    } else if (errno == EWOULDBLOCK) {
      const std::string who = written(descriptor_);
      ::close(descriptor_);
      throw Error(folder.string() + ": is being trained by " + who +
                  "; expected a run that no other process trains: wait for it, stop it, or choose "
                  "another folder (--run)");
    } else {
      log::warn("{}: cannot be locked: {}; make sure that no other process trains in this folder",
                path_.string(), std::strerror(errno));
      break;
    }
    ::close(descriptor_);
  }
  // Only for people: the lock works without it.
  const std::string line = this_process() + "\n";
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::pwrite(descriptor_, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    log::warn("{}: cannot be written: {}", path_.string(), std::strerror(errno));
  }
}

RunLock::~RunLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

std::string RunLock::holder(const fs::path& folder) {
  const int descriptor = ::open(path_in(folder).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  const bool held = try_lock(descriptor, LOCK_SH) != 0 && errno == EWOULDBLOCK;
  const std::string who = held ? written(descriptor) : "";
  ::close(descriptor);
  return who;
}

}  // namespace latent
