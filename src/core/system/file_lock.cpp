#include "core/system/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/log.h"

namespace latent {

namespace {

// Returns false if the file at `path` is no longer the open one: its holder has removed it.
bool is_still_there(const std::filesystem::path& path, int descriptor) {
  struct stat open_file {
  }, file{};
  return ::fstat(descriptor, &open_file) == 0 && ::stat(path.c_str(), &file) == 0 &&
         open_file.st_ino == file.st_ino && open_file.st_dev == file.st_dev;
}

}  // namespace

FileLock::FileLock(std::filesystem::path path, const std::string& waiting)
    : path_(std::move(path)) {
  for (bool locked = false; !locked; locked = is_still_there(path_, descriptor_)) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
      throw Error(path_.string() + ": cannot be written: " + std::strerror(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) continue;
    if (errno == EWOULDBLOCK) log::info("{}", waiting);
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      log::warn("{}: cannot be locked: {}", path_.string(), std::strerror(errno));
      return;
    }
  }
}

FileLock::~FileLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace latent
