// A library for LD_PRELOAD that lets system calls on files below one folder fail, as a full or
// broken disk would, or ends the process there, as kill -9 would.
//
// LATENT_FAULT_BELOW   the folder, as an absolute path without links
// LATENT_FAULT_AT      the call that fails, counted from 1 over all threads; 0: none
// LATENT_FAULT_CALLS   how many fail, from that one on (default 1)
// LATENT_FAULT_KIND    error (default), short (half of a write is done, a file is opened without
// O_EXCL), kill, or end
//                      (SIGTERM)
// LATENT_FAULT_ERRNO   the number that `error` fails with (default 28, ENOSPC)
// LATENT_FAULT_ONLY    the only calls that count, "write fsync"; default: all below. That of a
//                      folder is fsync_folder
// LATENT_FAULT_COUNT   a file to which the name of every counted call is appended
//
// What libc does inside is not seen: of its own streams only fopen and fwrite are.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

long number_in(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::atol(text);
}

std::string text_in(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct Plan {
  std::string below = text_in("LATENT_FAULT_BELOW");
  std::string kind = text_in("LATENT_FAULT_KIND");
  std::string only = " " + text_in("LATENT_FAULT_ONLY") + " ";
  long at = number_in("LATENT_FAULT_AT", 0);
  long calls = number_in("LATENT_FAULT_CALLS", 1);
  int error = static_cast<int>(number_in("LATENT_FAULT_ERRNO", ENOSPC));
  int report = -1;
  std::atomic<long> counted = 0;

  Plan() {
    const std::string file = text_in("LATENT_FAULT_COUNT");
    if (!file.empty())
      report = next<int (*)(const char*, int, ...)>("open")(
          file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  }
};

Plan& plan() {
  static Plan the_plan;
  return the_plan;
}

bool is_below(const std::string& path) {
  const std::string& folder = plan().below;
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_below(const char* path) {
  if (path == nullptr) return false;
  if (path[0] == '/') return is_below(std::string(path));
  char folder[4096];
  return ::getcwd(folder, sizeof folder) != nullptr && is_below(std::string(folder) + "/" + path);
}

bool is_below(int descriptor) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 && is_below(std::string(path, static_cast<size_t>(length)));
}

enum class Fate { kPass, kFail, kShort };

/// Counts a call and says what becomes of it.
template <class Place>
Fate fate_of(const char* call, Place place) {
  const int before = errno;
  Plan& the = plan();
  const bool counts =
      is_below(place) &&
      (the.only == "  " || the.only.find(" " + std::string(call) + " ") != std::string::npos);
  errno = before;
  if (!counts) return Fate::kPass;
  const long number = ++the.counted;
  if (the.report >= 0) {
    const std::string line = std::string(call) + "\n";
    next<ssize_t (*)(int, const void*, size_t)>("write")(the.report, line.data(), line.size());
  }
  if (the.at == 0 || number < the.at || number >= the.at + the.calls) return Fate::kPass;
  if (the.kind == "kill") ::kill(::getpid(), SIGKILL);
  if (the.kind == "end") ::kill(::getpid(), SIGTERM);
  if (the.kind == "short") return Fate::kShort;
  errno = the.error;
  return Fate::kFail;
}

}  // namespace

extern "C" {

#define LATENT_FAULT_OPEN(name)                                            \
  int name(const char* path, int flags, ...) {                             \
    va_list rest;                                                          \
    va_start(rest, flags);                                                 \
    const mode_t mode = va_arg(rest, mode_t);                              \
    va_end(rest);                                                          \
    const Fate fate = fate_of("open", path);                               \
    if (fate == Fate::kFail) return -1;                                    \
    if (fate == Fate::kShort) flags &= ~O_EXCL;                            \
    return next<int (*)(const char*, int, ...)>(#name)(path, flags, mode); \
  }
LATENT_FAULT_OPEN(open)
LATENT_FAULT_OPEN(open64)

#define LATENT_FAULT_FOPEN(name)                                         \
  FILE* name(const char* path, const char* mode) {                       \
    if (fate_of("open", path) == Fate::kFail) return nullptr;            \
    return next<FILE* (*)(const char*, const char*)>(#name)(path, mode); \
  }
LATENT_FAULT_FOPEN(fopen)
LATENT_FAULT_FOPEN(fopen64)

ssize_t write(int descriptor, const void* data, size_t bytes) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  const Fate fate = fate_of("write", descriptor);
  if (fate == Fate::kFail) return -1;
  return real(descriptor, data, fate == Fate::kShort ? (bytes + 1) / 2 : bytes);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
  const Fate fate = fate_of("write", descriptor);
  if (fate == Fate::kFail) return -1;
  if (fate == Fate::kShort && count > 0)
    return next<ssize_t (*)(int, const void*, size_t)>("write")(descriptor, parts->iov_base,
                                                                (parts->iov_len + 1) / 2);
  return real(descriptor, parts, count);
}

size_t fwrite(const void* data, size_t size, size_t count, FILE* file) {
  static const auto real = next<size_t (*)(const void*, size_t, size_t, FILE*)>("fwrite");
  const Fate fate = fate_of("write", ::fileno(file));
  return fate == Fate::kPass ? real(data, size, count, file) : 0;
}

int fsync(int descriptor) {
  struct stat status {};
  const bool folder = ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
  return fate_of(folder ? "fsync_folder" : "fsync", descriptor) == Fate::kFail
             ? -1
             : next<int (*)(int)>("fsync")(descriptor);
}

int close(int descriptor) {
  const Fate fate = fate_of("close", descriptor);
  const int error = errno;
  const int result = next<int (*)(int)>("close")(descriptor);  // Linux closes it in any case
  if (fate != Fate::kFail) return result;
  errno = error;
  return -1;
}

int rename(const char* from, const char* to) {
  if (fate_of("rename", to) == Fate::kFail) return -1;
  return next<int (*)(const char*, const char*)>("rename")(from, to);
}

int mkdir(const char* path, mode_t mode) {
  if (fate_of("mkdir", path) == Fate::kFail) return -1;
  return next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}

int unlink(const char* path) {
  if (fate_of("unlink", path) == Fate::kFail) return -1;
  return next<int (*)(const char*)>("unlink")(path);
}

int unlinkat(int folder, const char* path, int flags) {
  if (fate_of("unlink", folder) == Fate::kFail) return -1;
  return next<int (*)(int, const char*, int)>("unlinkat")(folder, path, flags);
}

int remove(const char* path) {
  if (fate_of("unlink", path) == Fate::kFail) return -1;
  return next<int (*)(const char*)>("remove")(path);
}

}  // extern "C"
